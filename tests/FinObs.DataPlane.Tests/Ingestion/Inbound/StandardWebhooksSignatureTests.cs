using System.Text;
using FinObs.DataPlane.Ingestion.Inbound.Signatures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using NSec.Cryptography;

namespace FinObs.DataPlane.Tests.Ingestion.Inbound;

public class StandardWebhooksSignatureTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = "{\"test\": 2432232314}";
    private const string Published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public async Task The_published_vector_is_right_and_old_after_five_minutes()
    {
        // Of the reference implementations' own tests (github.com/standard-webhooks/standard-webhooks).
        FakeTimeProvider time = new(At);
        StandardWebhooksSignature signature = new(new SharedSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null, time), TimeSpan.FromMinutes(5), time);

        Assert.Null(await ProblemAsync(signature, Published));
        Assert.Null(await ProblemAsync(signature, "v1,AAAA " + Published, "svix-"));
        Assert.Equal(SignatureRules.Wrong, await ProblemAsync(signature, Published.Replace('g', 'h')));
        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Assert.Contains("not of now", await ProblemAsync(signature, Published), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_key_verifies_v1a()
    {
        FakeTimeProvider time = new(At);
        using Key key = Key.Create(SignatureAlgorithm.Ed25519);
        string secret = "whpk_" + Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        StandardWebhooksSignature signature = new(new SharedSecrets(secret, null, time), TimeSpan.FromMinutes(5), time);
        string mark = Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, Encoding.UTF8.GetBytes($"{Id}.{At.ToUnixTimeSeconds()}.{Body}")));

        Assert.Null(await ProblemAsync(signature, "v1a," + mark));
        Assert.Equal(SignatureRules.Wrong, await ProblemAsync(signature, "v1," + mark));
        Assert.Equal(SignatureRules.Wrong, await ProblemAsync(signature, "v1a,AAAA"));
    }

    private static async Task<string?> ProblemAsync(StandardWebhooksSignature signature, string given, string prefix = "webhook-") => await signature.ProblemAsync(
        new HeaderDictionary { [prefix + "id"] = Id, [prefix + "timestamp"] = $"{At.ToUnixTimeSeconds()}", [prefix + "signature"] = given },
        Encoding.UTF8.GetBytes(Body), TestContext.Current.CancellationToken);
}
