using System.Net;
using System.Net.Http.Headers;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>People's tokens, made by an issuer that is not ours (OpenIddict).</summary>
public sealed class OidcBearerTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Somebody_with_a_good_token_is_known_by_an_id_of_ours_and_has_the_roles_that_it_names(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string token = await host.Issuer.TokenAsync("ada", "compliance", "of-no-meaning-here");

        var me = await host.GetAsync("/v1/access/me", token);
        var again = await host.GetAsync("/v1/access/me", await host.Issuer.TokenAsync("ada", "viewer"));

        Assert.Equal(HttpStatusCode.OK, me.Status);
        Assert.StartsWith("user:", me.Body.GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal(["compliance"], me.Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal(me.Body.GetProperty("name").GetString(), again.Body.GetProperty("name").GetString());
        Assert.Equal(["viewer"], again.Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", token)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.GetAsync("/v1/access/keys", token)).Status);
    }

    [Fact]
    public async Task A_token_for_somebody_else_or_past_its_time_is_refused_and_says_so()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        await using TestOidcIssuer other = await TestOidcIssuer.StartAsync();
        string[] wrong =
        [
            await host.Issuer.TokenAsync(new TestPerson("ada") { IssuedFor = "another-api" }),
            await host.Issuer.TokenAsync(new TestPerson("ada") { IssuedFor = null }),
            await host.Issuer.TokenAsync(new TestPerson("ada") { IssuedFor = null, AuthorizedParty = "https://app.example" }),
            await host.Issuer.TokenAsync(new TestPerson("ada") { LifetimeSeconds = "-120" }),
            await other.TokenAsync("ada", "admin"),
            (await host.Issuer.TokenAsync("ada", "admin"))[..^3] + "AAA",
        ];

        foreach (string token in wrong)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/v1/access/me", UriKind.Relative)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        }
    }

    /// <summary>Clerk's session tokens have <c>azp</c> and usually no <c>aud</c>.</summary>
    [Fact]
    public async Task A_party_that_is_allowed_stands_for_the_audience()
    {
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, "--Access:Oidc:AuthorizedParties:0", "https://app.example");

        string good = await host.Issuer.TokenAsync(new TestPerson("ada") { IssuedFor = null, AuthorizedParty = "https://app.example" });
        string bad = await host.Issuer.TokenAsync(new TestPerson("ada") { IssuedFor = null, AuthorizedParty = "https://evil.example" });

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/access/me", good)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/access/me", bad)).Status);
    }

    [Fact]
    public async Task Names_deep_in_the_token_are_mapped_to_roles_here()
    {
        await using OidcHost host = await OidcHost.StartAsync(
            DatabaseKind.Sqlite, "--Access:Oidc:RoleClaim", "realm_access.roles", "--Access:Oidc:RoleMap:analyst:0", "fraud-team", "--Access:Oidc:RoleMap:analyst:1", "interns", "--Access:Oidc:RoleMap:admin:0", "org:admin");

        string token = await host.Issuer.TokenAsync(new TestPerson("ada") { Roles = ["admin"], RealmRoles = ["fraud-team", "org:admin", "offline_access"] });
        string unmapped = await host.Issuer.TokenAsync(new TestPerson("eve") { Roles = ["admin"], RealmRoles = ["admin"] });

        Assert.Equal(["admin", "analyst"], (await host.GetAsync("/v1/access/me", token)).Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Empty((await host.GetAsync("/v1/access/me", unmapped)).Body.GetProperty("roles").EnumerateArray());
    }

    [Fact]
    public async Task Somebody_without_a_role_can_do_nothing_and_is_told_whom_to_ask()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string token = await host.Issuer.TokenAsync("new-here");

        var refused = await host.GetAsync("/v1/transactions", token);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("ask an administrator for one (PUT /v1/users/", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Access:Oidc:Authority=https://a", "needs Audiences (the token's aud) or AuthorizedParties")]
    [InlineData("--Access:Oidc:Authority=http://a --Access:Oidc:Audiences:0=b", "http://a is not https")]
    [InlineData("--Access:Oidc:Audiences:0=b", "set Access:Oidc:Authority")]
    [InlineData("--Access:Oidc:Authority=https://a --Access:Oidc:Audiences:0=b --Access:Oidc:RoleMap:boss:0=c", "boss is no role here")]
    [InlineData("--Access:Oidc:Authority=https://a --Access:Oidc:Audiences:0=b --Access:Oidc:DefaultRole=admin", "DefaultRole must not be admin")]
    [InlineData("--Access:WebhookApiKey=short", "has fewer than 16 characters")]
    [InlineData("--Access:Cors:Origins:0=*", "* is no origin")]
    public async Task A_setting_that_cannot_be_meant_ends_the_start(string settings, string expected)
    {
        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => AccessHost.StartAsync(TimeProvider.System, settings.Split(' ')));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
