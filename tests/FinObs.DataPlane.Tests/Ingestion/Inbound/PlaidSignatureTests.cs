using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Ingestion.Inbound;
using FinObs.DataPlane.Ingestion.Inbound.Signatures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Tests.Ingestion.Inbound;

/// <summary>Plaid's JWT, with its key server played as its documentation has it.</summary>
public sealed class PlaidSignatureTests : IDisposable
{
    private const string Body = """{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE"}""";
    private const string KeyId = "bfbd5111-8e33-4643-8ced-b2e642a72f3c";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero));
    private readonly KeyServer _server;
    private readonly PlaidKeys _keys;
    private readonly PlaidSignature _signature;

    public PlaidSignatureTests()
    {
        _server = new KeyServer(_key);
        _keys = new PlaidKeys(new HttpClient(_server), new PlaidKeyOptions { ClientId = "me" }, new SharedSecrets("hush", null, _time), _time);
        _signature = new PlaidSignature(_keys, TimeSpan.FromMinutes(5), _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _server.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task A_token_for_this_body_and_of_now_is_let_in_and_its_key_is_asked_for_once()
    {
        Assert.Null(await ProblemAsync(Token(Body)));
        Assert.Null(await ProblemAsync(Token(Body)));
        Assert.Equal(["me hush " + KeyId], _server.Asked);
    }

    [Fact]
    public async Task Another_body_an_old_token_another_key_and_no_token_are_refused()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(SignatureRules.Wrong, await ProblemAsync(Token(Body + " ")));
        Assert.Equal(SignatureRules.Wrong, await ProblemAsync(Token(Body, key: other)));
        Assert.Contains("not of now", await ProblemAsync(Token(Body, at: _time.GetUtcNow().AddMinutes(-6))), StringComparison.Ordinal);
        Assert.Contains("no Plaid-Verification", await ProblemAsync("nonsense"), StringComparison.Ordinal);
        Assert.Contains("no Plaid-Verification", await ProblemAsync(Token(Body, algorithm: "none")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_none_are_not_asked_for_again_and_again()
    {
        Assert.NotNull(await ProblemAsync(Token(Body, keyId: "no-such-key")));
        Assert.NotNull(await ProblemAsync(Token(Body, keyId: "nor-this-one")));
        Assert.Single(_server.Asked);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ProblemAsync(Token(Body)));
        Assert.Equal(2, _server.Asked.Count);
    }

    private async Task<string?> ProblemAsync(string token) =>
        await _signature.ProblemAsync(new HeaderDictionary { [PlaidSignature.Header] = token }, Encoding.UTF8.GetBytes(Body), TestContext.Current.CancellationToken);

    private string Token(string body, ECDsa? key = null, DateTimeOffset? at = null, string keyId = KeyId, string algorithm = "ES256")
    {
        string header = $$"""{"alg":"{{algorithm}}","kid":"{{keyId}}","typ":"JWT"}""";
        string claims = $$"""{"iat":{{(at ?? _time.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}},"request_body_sha256":"{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))}}"}""";
        string signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(claims)}";
        return $"{signed}.{Base64UrlEncoder.Encode((key ?? _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Knows one key.</summary>
    private sealed class KeyServer(ECDsa key) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("https://production.plaid.com/webhook_verification_key/get", request.RequestUri!.ToString());
            JsonElement question = await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken);
            string id = question.GetProperty("key_id").GetString()!;
            Asked.Add($"{question.GetProperty("client_id")} {question.GetProperty("secret")} {id}");
            if (id != KeyId)
            {
                return new HttpResponseMessage(HttpStatusCode.BadRequest);
            }

            ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
            JsonObject known = new()
            {
                ["alg"] = "ES256",
                ["created_at"] = 1_560_466_150,
                ["crv"] = "P-256",
                ["expired_at"] = null,
                ["kid"] = id,
                ["kty"] = "EC",
                ["use"] = "sig",
                ["x"] = Base64UrlEncoder.Encode(parameters.Q.X!),
                ["y"] = Base64UrlEncoder.Encode(parameters.Q.Y!),
            };
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(new JsonObject { ["key"] = known, ["request_id"] = "r" }) };
        }
    }
}
