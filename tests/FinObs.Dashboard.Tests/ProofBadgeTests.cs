using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>The badge believes nothing that its own browser has not checked.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ProofBadgeTests(Browser browser)
{
    private const string Badge = ".decision-head fo-proof";

    [Fact]
    public async Task A_decision_that_stands_in_the_signed_log_is_green_and_its_key_can_be_pinned()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("proven");

        await tab.GoAsync($"/decisions/{id}");
        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "good", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
        await Assertions.Expect(tab.Page.Locator(Badge)).ToContainTextAsync("key of this server");
        await tab.Page.ClickAsync($"{Badge} summary");
        await tab.Page.ClickAsync("text=Pin this key in this browser");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToContainTextAsync("key pinned");
    }

    [Theory]
    [InlineData("the proof's path", "**/v1/audit/leaves/*/proof", "\"hashes\":[\"", "\"hashes\":[\"AAAA")]
    [InlineData("the root", "**/v1/audit/leaves/*/proof", "\\n\\n", "A\\n\\n")]
    [InlineData("the leaf", "**/v1/audit/leaves/????????-????-????-????-????????????", "\"leaf\":\"eyJ", "\"leaf\":\"eyK")]
    public async Task Whatever_of_the_answer_is_changed_the_badge_is_red(string what, string path, string from, string to)
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync($"tampered-{what.GetHashCode(StringComparison.Ordinal)}");
        bool changed = false;
        await tab.Page.RouteAsync(path, async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            string body = await answer.TextAsync();
            changed |= body.Contains(from, StringComparison.Ordinal);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = body.Replace(from, to, StringComparison.Ordinal) });
        });

        await tab.GoAsync($"/decisions/{id}");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "bad", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
        Assert.True(changed, what);
    }

    [Fact]
    public async Task A_key_that_was_pinned_and_is_another_now_is_red()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("other-key");

        // The verifier key of C2SP signed-note's own example: a good key, and not this log's.
        await tab.Page.AddInitScriptAsync("localStorage.setItem('fo-pin', 'example.com/foo+530d903d+AYBvL3dTBnf9h2sTFK6Sk9yIKDFCdgU2GkDSwl0y2rTH')");
        await tab.GoAsync($"/decisions/{id}");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "bad", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
    }
}
