using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>Sign-in with a browser, through an issuer that is not ours: authorization code with PKCE.</summary>
public sealed class BrowserSignInTests
{
    [Fact]
    public async Task A_browser_that_goes_to_a_page_comes_back_to_it_signed_in()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        host.Issuer.AtBrowser = new TestPerson("ada") { Roles = ["analyst"] };
        CookieContainer cookies = new();
        using HttpClient browser = Browser(host.Host, cookies);

        using HttpResponseMessage page = await GoAsync(browser, "/v1/access/me?from=a%20page");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("/v1/access/me?from=a%20page", page.RequestMessage!.RequestUri!.PathAndQuery);
        JsonElement me = await page.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("session", me.GetProperty("kind").GetString());
        Assert.Equal("analyst", me.GetProperty("roles")[0].GetString());
        Cookie session = cookies.GetCookies(browser.BaseAddress!).Single(cookie => cookie.Name == SessionCookie.Name);
        Assert.True(session.HttpOnly);
    }

    [Fact]
    public async Task A_script_without_a_session_is_told_401_and_led_nowhere()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/access/me", null)).Status);
    }

    /// <summary>The keys that cookies are protected with are shared through the database.</summary>
    [Fact]
    public async Task A_session_counts_on_every_replica_and_ends_on_all_with_the_person()
    {
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.PostgreSql);
        await using TestDataPlane replica = await host.Host.StartReplicaAsync(host.Settings);
        host.Issuer.AtBrowser = new TestPerson("ada") { Roles = ["analyst"] };
        CookieContainer cookies = new();
        using HttpClient browser = Browser(host.Host, cookies);
        using HttpResponseMessage page = await GoAsync(browser, "/v1/access/me");
        string id = (await page.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("name").GetString()!["user:".Length..];
        using HttpClient there = Browser(replica, cookies);

        using HttpResponseMessage elsewhere = await there.GetAsync(new Uri("/v1/transactions", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"/v1/users/{id}/deactivate", OidcHost.OperatorKey)).Status);
        using HttpResponseMessage ended = await there.GetAsync(new Uri("/v1/transactions", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        string[] kept = await db.Set<DataProtectionKeyRow>().Select(row => row.Xml).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(kept);
        Assert.All(kept, xml => Assert.DoesNotContain("masterKey", xml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_of_another_site_cannot_use_the_session()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        host.Issuer.AtBrowser = new TestPerson("ada") { Roles = ["admin"] };
        using HttpClient browser = Browser(host.Host, new CookieContainer());
        using (await GoAsync(browser, "/v1/access/me"))
        {
        }

        Assert.Equal(HttpStatusCode.Forbidden, await SignOutAsync(browser, "Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, await SignOutAsync(browser, "Sec-Fetch-Site", "same-site"));
        Assert.Equal(HttpStatusCode.Forbidden, await SignOutAsync(browser, "Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await SignOutAsync(browser, "X-Nothing", "1"));
        Assert.Equal(HttpStatusCode.NoContent, await SignOutAsync(browser, CrossSiteGuard.Header, "1"));
        using HttpResponseMessage after = await browser.GetAsync(new Uri("/v1/access/me", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_deactivated_person_is_told_so_at_the_sign_in()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        host.Issuer.AtBrowser = new TestPerson("ada") { Roles = ["viewer"] };
        string id = await host.IdOfAsync(await host.Issuer.TokenAsync("ada", "viewer"));
        await host.AskAsync(HttpMethod.Post, $"/v1/users/{id}/deactivate", OidcHost.OperatorKey);
        using HttpClient browser = Browser(host.Host, new CookieContainer());

        using HttpResponseMessage page = await GoAsync(browser, "/v1/access/me");

        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("deactivated here", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task The_sign_in_leads_back_to_this_host_only(string returnUrl)
    {
        await using OidcHost host = await OidcHost.StartAsync();
        host.Issuer.AtBrowser = new TestPerson("ada") { Roles = ["viewer"] };
        using HttpClient browser = Browser(host.Host, new CookieContainer());

        using HttpResponseMessage page = await GoAsync(browser, $"/signin?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal(host.Host.Client.BaseAddress!.Authority, page.RequestMessage!.RequestUri!.Authority);
    }

    private static HttpClient Browser(TestDataPlane host, CookieContainer cookies) => new(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = true }) { BaseAddress = host.Client.BaseAddress };

    private static async Task<HttpResponseMessage> GoAsync(HttpClient browser, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/html");
        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> SignOutAsync(HttpClient browser, string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/signout", UriKind.Relative)) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add(header, value);
        using HttpResponseMessage answer = await browser.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
