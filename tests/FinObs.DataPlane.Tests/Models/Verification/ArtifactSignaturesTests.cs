using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Verification;
using FinObs.DataPlane.Resources.Secrets;
using NSec.Cryptography;

namespace FinObs.DataPlane.Tests.Models.Verification;

/// <summary>Signatures over the text of a digest.</summary>
public sealed class ArtifactSignaturesTests : IDisposable
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly StubHandler _handler = new();
    private readonly ArtifactFetcher _fetcher;

    public ArtifactSignaturesTests() => _fetcher = new ArtifactFetcher(_handler, TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Ed25519_verifies_and_the_key_is_named()
    {
        using Key key = Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        string pem = Encoding.ASCII.GetString(key.PublicKey.Export(KeyBlobFormat.PkixPublicKeyText));
        byte[] signature = SignatureAlgorithm.Ed25519.Sign(key, Encoding.ASCII.GetBytes(Digest));

        SignatureOutcome.Valid valid = Assert.IsType<SignatureOutcome.Valid>(await VerifyAsync(pem, signature));

        Assert.Equal($"ed25519 sha256:{Convert.ToHexStringLower(SHA256.HashData(key.PublicKey.Export(KeyBlobFormat.PkixPublicKey)))}", valid.Key);
        Assert.IsType<SignatureOutcome.Invalid>(await VerifyAsync(pem, SignatureAlgorithm.Ed25519.Sign(key, Encoding.ASCII.GetBytes(Digest + "\n"))));
    }

    [Theory]
    [InlineData(DSASignatureFormat.Rfc3279DerSequence)]
    [InlineData(DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]
    public async Task Ecdsa_verifies_in_both_forms(DSASignatureFormat format)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(Digest), HashAlgorithmName.SHA256, format);

        Assert.IsType<SignatureOutcome.Valid>(await VerifyAsync(key.ExportSubjectPublicKeyInfoPem(), signature));
        signature[10] ^= 1;
        Assert.IsType<SignatureOutcome.Invalid>(await VerifyAsync(key.ExportSubjectPublicKeyInfoPem(), signature));
    }

    [Fact]
    public async Task What_is_no_key_or_no_place_says_so_and_shows_nothing_of_the_secret()
    {
        SignatureOutcome.Invalid noKey = Assert.IsType<SignatureOutcome.Invalid>(await VerifyAsync("hush", new byte[64]));
        Assert.Contains("neither Ed25519 nor ECDSA", noKey.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", noKey.Why, StringComparison.Ordinal);
        Assert.IsType<SignatureOutcome.Invalid>(await VerifyAsync("hush", new byte[64], "ftp://x/y"));
        _handler.Status = System.Net.HttpStatusCode.NotFound;
        Assert.IsType<SignatureOutcome.Unavailable>(await VerifyAsync("hush", new byte[64], "https://signatures.example/a.sig"));
    }

    [Fact]
    public async Task A_signature_is_fetched_too()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _handler.Body = key.SignData(Encoding.ASCII.GetBytes(Digest), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.IsType<SignatureOutcome.Valid>(await VerifyAsync(key.ExportSubjectPublicKeyInfoPem(), [], "https://signatures.example/a.sig"));
        _handler.Body = new byte[5000];
        Assert.IsType<SignatureOutcome.Unavailable>(await VerifyAsync(key.ExportSubjectPublicKeyInfoPem(), [], "https://signatures.example/a.sig"));
    }

    public void Dispose()
    {
        _fetcher.Dispose();
        _handler.Dispose();
    }

    private Task<SignatureOutcome> VerifyAsync(string pem, byte[] signature, string? uri = null)
    {
        ResourceSecrets secrets = new(new Dictionary<(string, string), byte[]> { [("keys", "pub")] = Encoding.UTF8.GetBytes(pem) });
        ArtifactSignature wanted = new() { PublicKeyRef = new SecretKeyRef { Name = "keys", Key = "pub" }, SignatureUri = uri ?? $"data:;base64,{Convert.ToBase64String(signature)}" };
        return new ArtifactSignatures(_fetcher).VerifyAsync(wanted, Digest, secrets, TestContext.Current.CancellationToken);
    }
}

/// <summary>Answers every request with what it is told to.</summary>
internal sealed class StubHandler : HttpMessageHandler
{
    public System.Net.HttpStatusCode Status { get; set; } = System.Net.HttpStatusCode.OK;

    public byte[] Body { get; set; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(Status) { Content = new ByteArrayContent(Body) });
}
