using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>People come by a real issuer, in a real browser; what a session is over means for a page that was open.</summary>
[Collection(OneBrowser.Name)]
public sealed class SignInTests(Browser browser)
{
    [Fact]
    public async Task A_person_comes_by_the_issuer_sees_what_their_role_may_and_goes_on_after_the_session_is_over()
    {
        await using Tab tab = await browser.OpenAsync();
        using TemporaryFolder folder = new();
        string secret = folder.Combine("secret"), keys = folder.Combine("keys");
        await File.WriteAllTextAsync(secret, TestOidcIssuer.BrowserSecret, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(keys, "the-key-of-an-operator", TestContext.Current.CancellationToken);
        await using TestOidcIssuer issuer = await TestOidcIssuer.StartAsync();
        issuer.AtBrowser = new TestPerson("ada") { Roles = ["compliance"] };
        await using DataPlaneProcess host = await DataPlaneProcess.StartAsync(
            folder.FullPath,
            [
                .. issuer.Settings, "--Access:Oidc:ClientId", TestOidcIssuer.BrowserClient, "--Access:Oidc:ClientSecretFile", secret, "--Access:ApiKeyFile", keys, "--Demo:Enabled", "true", "--Demo:Transactions", "3000",
                "--Demo:LiveTransactionsPerSecond", "0", "--Logging:LogLevel:Default", "Warning",
            ]);
        host.Client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", await issuer.TokenAsync("sender", "admin"));
        (string id, _) = await host.SendLargeWireAsync("signed-in");
        string page = $"/decisions/{id}";

        // The issuer knows who sits there; the page is the one that was asked for.
        await tab.GoAsync(new Uri(host.Address, page).ToString());
        Assert.Equal(page, new Uri(tab.Page.Url).AbsolutePath);
        await Assertions.Expect(tab.Page.Locator(".me > summary").First).ToContainTextAsync("user");
        await Assertions.Expect(tab.Page.Locator("#nav")).ToContainTextAsync("Approvals");
        Assert.Equal(0, await tab.Page.Locator(".stripe").CountAsync());
        Assert.Empty(tab.Complaints);

        // The session is over while something is being written.
        await tab.Page.FillAsync("textarea", "The payee is under investigation.");
        await tab.Page.Context.ClearCookiesAsync();
        await tab.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        await Assertions.Expect(tab.Page.Locator("#session-over")).ToBeVisibleAsync();
        await tab.PictureAsync("session-over");
        await tab.Page.ClickAsync("text=Sign in again");
        await tab.Page.WaitForURLAsync($"**{page}");
        await tab.LiveAsync();
        await Assertions.Expect(tab.Page.Locator("textarea")).ToHaveValueAsync("The payee is under investigation.");
        await Assertions.Expect(tab.Page.Locator("#session-over")).ToBeHiddenAsync();

        // Whoever may less sees less, and is told so where they are not to be.
        issuer.AtBrowser = new TestPerson("bob") { Roles = ["viewer"] };
        await tab.Page.ClickAsync(".me > summary >> nth=0");
        await tab.Page.ClickAsync("text=Sign out");
        await tab.Page.WaitForURLAsync(new Uri(host.Address, "/").ToString());
        await tab.LiveAsync();
        Assert.Equal(0, await tab.Page.Locator("#nav a[href='/audit']").CountAsync());
        await tab.Page.GotoAsync(new Uri(host.Address, "/audit").ToString());
        await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("not for your role");
    }
}
