using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Tests.Access;

public sealed class ServiceAccountTokensTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private TestIssuer _issuer = null!;
    private AccessHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_time);
        _host = await AccessHost.StartAsync(_time, _issuer.Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_good_token_comes_in_under_its_name_whichever_key_signed_it()
    {
        Assert.Equal((HttpStatusCode.OK, TestIssuer.Operator), await _host.AskAsync(_issuer.Token(TestIssuer.Operator)));
        Assert.Equal((HttpStatusCode.OK, TestIssuer.Operator), await _host.AskAsync(_issuer.Token(TestIssuer.Operator, _issuer.Ecdsa)));
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task A_token_made_by_another_library_is_read_the_same()
    {
        SecurityTokenDescriptor token = new()
        {
            Issuer = TestIssuer.Name,
            Audiences = { "elsewhere", TestIssuer.Audience },
            Claims = new Dictionary<string, object> { ["sub"] = TestIssuer.Operator },
            IssuedAt = _time.GetUtcNow().UtcDateTime,
            NotBefore = _time.GetUtcNow().UtcDateTime,
            Expires = _time.GetUtcNow().UtcDateTime.AddHours(1),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(((RsaKey)_issuer.Rsa).Key) { KeyId = _issuer.Rsa.Id }, SecurityAlgorithms.RsaSha256),
        };

        Assert.Equal(HttpStatusCode.OK, await _host.StatusAsync(new JsonWebTokenHandler().CreateToken(token)));
    }

    [Theory]
    [InlineData("""{"aud":["vault"]}""")]
    [InlineData("""{"aud":"finobs2"}""")]
    [InlineData("""{"aud":[]}""")]
    [InlineData("""{"aud":null}""")]
    [InlineData("""{"iss":"https://evil.example"}""")]
    [InlineData("""{"iss":null}""")]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{"sub":null}""")]
    [InlineData("""{"sub":"api-key"}""")]
    [InlineData("""{"sub":"system:serviceaccount"}""")]
    public async Task A_claim_that_is_wrong_or_missing_keeps_it_out(string change)
    {
        string token = _issuer.Token(TestIssuer.Operator, claims: claims =>
        {
            foreach ((string name, JsonNode? value) in JsonNode.Parse(change)!.AsObject())
            {
                if (value is null) claims.Remove(name);
                else claims[name] = value.DeepClone();
            }
        });

        (HttpStatusCode status, string body) = await _host.AskAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("Access:ServiceAccounts:Audience", AccessHost.DetailOf(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_counts_from_its_first_to_its_last_moment_and_a_minute_for_the_clocks()
    {
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        string token = _issuer.Token(TestIssuer.Operator, claims: claims => (claims["nbf"], claims["exp"]) = (now + 90, now + 600));

        Assert.Equal(HttpStatusCode.Unauthorized, await _host.StatusAsync(token));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, await _host.StatusAsync(token));
        _time.Advance(TimeSpan.FromSeconds(629));
        Assert.Equal(HttpStatusCode.OK, await _host.StatusAsync(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.StatusAsync(token));
    }

    [Fact]
    public async Task Without_the_issuers_signature_it_is_worth_nothing()
    {
        RsaKey stranger = new(_issuer.Rsa.Id);
        byte[] publicKey = Encoding.ASCII.GetBytes(((RsaKey)_issuer.Rsa).Key.ExportSubjectPublicKeyInfoPem());
        string good = _issuer.Token(TestIssuer.Workload);
        string[] parts = good.Split('.');
        string promoted = TestIssuer.Base64Url(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace(TestIssuer.Workload, TestIssuer.Operator, StringComparison.Ordinal)));

        string[] forged =
        [
            _issuer.Token(TestIssuer.Operator, stranger),
            _issuer.Token(TestIssuer.Operator, stranger, header: header => header["jwk"] = stranger.Public()),
            _issuer.Token(TestIssuer.Operator, stranger, header: header => header["jku"] = _issuer.JwksUrl),
            _issuer.Token(TestIssuer.Operator, new NoKey(_issuer.Rsa.Id)),
            _issuer.Token(TestIssuer.Operator, new NoKey("")),
            _issuer.Token(TestIssuer.Operator, new HmacKey(_issuer.Rsa.Id, publicKey)),
            _issuer.Token(TestIssuer.Operator, header: header => header.Remove("kid")),
            _issuer.Token(TestIssuer.Operator, header: header => header["kid"] = _issuer.Ecdsa.Id),
            $"{parts[0]}.{promoted}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            "a.b.c",
            "..",
            "x",
        ];

        Assert.All(forged, token => Assert.Equal(HttpStatusCode.Unauthorized, _host.StatusAsync(token).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task A_symmetric_key_among_the_issuers_keys_signs_nothing()
    {
        SigningKey symmetric = _issuer.Publish(new HmacKey("oct-1", new byte[32]));

        Assert.Equal(HttpStatusCode.Unauthorized, await _host.StatusAsync(_issuer.Token(TestIssuer.Operator, symmetric)));
        Assert.DoesNotContain("oct-1", (await _host.AskAsync(null, "/v1/access/jwks")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_named_is_a_workload_and_is_told_what_to_do()
    {
        string token = _issuer.Token(TestIssuer.Workload);

        (HttpStatusCode status, string body) = await _host.AskAsync(token);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal($"{TestIssuer.Workload} may fetch artifacts only. To let it do more, name it in Access:ServiceAccounts:Operators.", AccessHost.DetailOf(body));
        Assert.Equal((HttpStatusCode.OK, TestIssuer.Workload), await _host.AskAsync(token, "/artifact"));
        Assert.Equal((HttpStatusCode.OK, TestIssuer.Operator), await _host.AskAsync(_issuer.Token(TestIssuer.Operator), "/artifact"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.StatusAsync(null, "/artifact"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.StatusAsync(null, "/nothing-is-here"));
    }

    [Fact]
    public async Task Nothing_that_was_shown_is_found_in_an_answer_or_in_the_log()
    {
        string[] shown =
        [
            _issuer.Token(TestIssuer.Operator), _issuer.Token(TestIssuer.Workload), _issuer.Token(TestIssuer.Operator, new RsaKey("rsa-2")),
            _issuer.Token(TestIssuer.Operator, claims: claims => claims["exp"] = 5), "a-key-that-nobody-knows",
        ];

        foreach (string secret in shown)
        {
            string body = (await _host.AskAsync(secret)).Body;
            Assert.DoesNotContain(secret.Split('.')[^1], body, StringComparison.Ordinal);
        }

        Assert.Contains("A service-account token is refused: SecurityTokenSignatureKeyNotFoundException.", _host.Log.Text, StringComparison.Ordinal);
        Assert.Contains("A service-account token is refused: SecurityTokenInvalidLifetimeException.", _host.Log.Text, StringComparison.Ordinal);
        Assert.All(shown, secret => Assert.DoesNotContain(secret.Split('.')[^1], _host.Log.Text, StringComparison.Ordinal));
    }
}
