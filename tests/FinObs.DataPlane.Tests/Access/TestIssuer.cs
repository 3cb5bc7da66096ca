using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>
/// An issuer of service-account tokens as a cluster has one: keys made here, published as a JWKS on loopback, and tokens put together by hand from RFC 7515 and 7519, so that nothing
/// of what verifies them also made them.
/// </summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Name = "https://kubernetes.default.svc.cluster.local";
    public const string Audience = "finobs";
    public const string Operator = "system:serviceaccount:finobs-system:finobs-operator";
    public const string Workload = "system:serviceaccount:bank:card-fraud-1";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly List<SigningKey> _published = [new RsaKey("rsa-1"), new EcdsaKey("ec-1")];
    private int _fetches;

    private TestIssuer(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    public string JwksUrl => $"{_app.Urls.First()}/openid/v1/jwks";

    public SigningKey Rsa => _published[0];

    public SigningKey Ecdsa => _published[1];

    /// <summary>How often the keys were asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>What the last one showed.</summary>
    public string? Shown { get; private set; }

    /// <summary>What it answers instead of its keys.</summary>
    public (int Status, string Body)? Instead { get; set; }

    /// <summary>The first settings of a host that believes this issuer.</summary>
    public string[] Settings => ["--Access:ServiceAccounts:Issuer", Name, "--Access:ServiceAccounts:Jwks", JwksUrl, "--Access:ServiceAccounts:Operators:0", Operator];

    public static async Task<TestIssuer> StartAsync(TimeProvider? time = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        TestIssuer issuer = new(app, time ?? TimeProvider.System);
        app.Run(issuer.ServeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>From now on there is another key too.</summary>
    public SigningKey Publish(SigningKey key)
    {
        lock (_published) _published.Add(key);
        return key;
    }

    /// <summary>From now on these are the keys.</summary>
    public void PublishOnly(params SigningKey[] keys)
    {
        lock (_published)
        {
            _published.Clear();
            _published.AddRange(keys);
        }
    }

    /// <summary>A good token unless it is changed.</summary>
    public string Token(string subject, SigningKey? key = null, Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        key ??= Rsa;
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        JsonObject payload = new() { ["iss"] = Name, ["sub"] = subject, ["aud"] = new JsonArray(Audience), ["iat"] = now, ["nbf"] = now, ["exp"] = now + 3600 };
        JsonObject head = new() { ["alg"] = key.Algorithm, ["kid"] = key.Id };
        claims?.Invoke(payload);
        header?.Invoke(head);
        string signed = $"{Base64Url(head)}.{Base64Url(payload)}";
        return $"{signed}.{Base64Url(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public static string Base64Url(JsonObject json) => Base64Url(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _fetches);
        Shown = context.Request.Headers.Authorization;
        string body;
        lock (_published) body = new JsonObject { ["keys"] = new JsonArray([.. _published.Select(key => key.Public())]) }.ToJsonString();
        context.Response.StatusCode = Instead?.Status ?? 200;
        await context.Response.WriteAsync(Instead?.Body ?? body, context.RequestAborted);
    }
}

/// <summary>A key that an issuer signs with.</summary>
internal abstract class SigningKey(string id, string algorithm)
{
    public string Id => id;

    public string Algorithm => algorithm;

    public abstract byte[] Sign(byte[] data);

    /// <summary>Its public half as a JWK.</summary>
    public abstract JsonObject Public();
}

internal sealed class RsaKey(string id) : SigningKey(id, "RS256")
{
    private readonly RSA _key = RSA.Create(2048);

    public RSA Key => _key;

    public override byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public override JsonObject Public()
    {
        RSAParameters parameters = _key.ExportParameters(includePrivateParameters: false);
        return new() { ["use"] = "sig", ["kty"] = "RSA", ["kid"] = Id, ["alg"] = "RS256", ["n"] = TestIssuer.Base64Url(parameters.Modulus!), ["e"] = TestIssuer.Base64Url(parameters.Exponent!) };
    }
}

internal sealed class EcdsaKey(string id) : SigningKey(id, "ES256")
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public override byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public override JsonObject Public()
    {
        ECParameters parameters = _key.ExportParameters(includePrivateParameters: false);
        return new() { ["use"] = "sig", ["kty"] = "EC", ["kid"] = Id, ["alg"] = "ES256", ["crv"] = "P-256", ["x"] = TestIssuer.Base64Url(parameters.Q.X!), ["y"] = TestIssuer.Base64Url(parameters.Q.Y!) };
    }
}

/// <summary>HS256 with whatever an attacker takes for the secret.</summary>
internal sealed class HmacKey(string id, byte[] secret) : SigningKey(id, "HS256")
{
    public override byte[] Sign(byte[] data) => HMACSHA256.HashData(secret, data);

    public override JsonObject Public() => new() { ["use"] = "sig", ["kty"] = "oct", ["kid"] = Id, ["alg"] = "HS256", ["k"] = TestIssuer.Base64Url(secret) };
}

/// <summary>No signature at all.</summary>
internal sealed class NoKey(string id) : SigningKey(id, "none")
{
    public override byte[] Sign(byte[] data) => [];

    public override JsonObject Public() => [];
}
