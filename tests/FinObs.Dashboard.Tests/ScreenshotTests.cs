using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>The pictures of the README, by <c>make screenshots</c>: a host with its demo, a minute of live traffic, and a wire that stands out.</summary>
[Collection(OneBrowser.Name)]
public sealed class ScreenshotTests(Browser browser)
{
    private const string Variable = "FINOBS_README_SCREENSHOTS";

    [Fact]
    public async Task The_readme_shows_the_overview_and_a_decision()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"Only where {Variable} names a folder: make screenshots.");
        using TemporaryFolder data = new();
        await using DataPlaneProcess host = await DataPlaneProcess.StartAsync(
            data.FullPath, ["--Demo:Enabled", "true", "--Demo:Transactions", "6000", "--Demo:LiveTransactionsPerSecond", "5", "--Logging:LogLevel:Default", "Warning"]);
        await Browser.UntilAsync(async () => (await host.GetAsync("/v1/transactions?limit=1&source=demo-live")).GetProperty("items").GetArrayLength() > 0);
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync(new Uri(host.Address, "/?range=1h").ToString());
        await Assertions.Expect(tab.Page.Locator(".feed li").Nth(8)).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 60_000 });
        await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder!, "overview.png") });

        string flagged = (await host.GetAsync("/v1/transactions?limit=1&decision=block")).GetProperty("items")[0].GetProperty("id").GetString()!;
        await tab.GoAsync(new Uri(host.Address, $"/decisions/{flagged}").ToString());
        await Assertions.Expect(tab.Page.Locator(".decision-head fo-proof")).ToHaveAttributeAsync("data-state", "good", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
        await Assertions.Expect(tab.Page.Locator(".try")).ToBeVisibleAsync();
        await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder!, "decision.png"), FullPage = true });
    }
}
