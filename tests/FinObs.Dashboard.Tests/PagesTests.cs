using System.Text.Json;
using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>Each page, narrow and wide, light and dark: nothing runs out sideways, the console is silent, and axe finds nothing serious.</summary>
[Collection(OneBrowser.Name)]
public sealed class PagesTests(Browser browser)
{
    public static TheoryData<string> Paths =>
    [
        "/", "/decisions", "/decisions/{decision}", "/cases", "/cases/{case}", "/approvals?view=all", "/approvals/{approval}", "/models", "/drift", "/audit", "/audit/{decision}", "/deliveries", "/find?q=nothing",
        "/experiments", "/experiments/{experiment}", "/policies", "/policies/ABExperiment/{experiment}", "/connect", "/compliance?view=all", "/compliance/{entry}", "/exports", "/pulls", "/access", "/access/keys", "/access/roles", "/observability",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_fits_each_width_and_theme_and_can_be_read_by_everybody(string path)
    {
        string address = await AddressAsync(path);
        foreach ((int width, string theme) in new[] { (1440, "light"), (375, "dark"), (1440, "dark"), (375, "light") })
        {
            await using Tab tab = await browser.OpenAsync(width, theme);
            await tab.GoAsync(address);
            await Assertions.Expect(tab.Page.Locator("h1").First).ToBeVisibleAsync();
            await PictureAsync(tab, path, width, theme);

            int over = await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(over <= 0, $"{path} at {width} px runs out sideways by {over} px: {await tab.Page.EvaluateAsync<string>(Widest)}");
            Assert.Empty(tab.Complaints);
            string[] violations = (width, theme) is (1440, "light") or (375, "dark") ? await tab.ViolationsAsync() : [];
            Assert.True(violations.Length == 0, $"{path} at {width} px, {theme}: {string.Join('\n', violations)}");
        }
    }

    [Fact]
    public async Task The_first_paint_has_the_figures_and_no_script_is_needed_for_them()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("no-script");

        string html = await (await tab.Page.Context.APIRequest.GetAsync($"/decisions/{id}", new APIRequestContextOptions { Headers = new Dictionary<string, string> { ["Accept"] = "text/html" } })).TextAsync();

        Assert.Contains("USD 9,800.00", html, StringComparison.Ordinal);
        Assert.Contains("class=\"waterfall\"", html, StringComparison.Ordinal);
    }

    private const string Widest = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')";

    private static Task PictureAsync(Tab tab, string path, int width, string theme)
    {
        string name = path.Split('?')[0].Trim('/').Replace("/{", "-one-", StringComparison.Ordinal).TrimEnd('}').Replace('/', '-');
        return tab.PictureAsync($"{(name.Length == 0 ? "overview" : name)}-{width}-{theme}");
    }

    /// <summary>One of what the path names, made where there is none.</summary>
    private async Task<string> AddressAsync(string path)
    {
        DataPlaneProcess host = await HostAsync();
        if (path.Contains("{decision}", StringComparison.Ordinal))
        {
            return path.Replace("{decision}", (await host.SendLargeWireAsync("page")).Id, StringComparison.Ordinal);
        }

        if (path.Contains("{case}", StringComparison.Ordinal))
        {
            await host.SendLargeWireAsync("page-case");
            await Browser.UntilAsync(async () => (await host.GetAsync("/v1/cases?limit=1")).GetProperty("items").GetArrayLength() > 0);
            return path.Replace("{case}", (await host.GetAsync("/v1/cases?limit=1")).GetProperty("items")[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        }

        if (path.Contains("{approval}", StringComparison.Ordinal))
        {
            using StringContent asked = new(
                """{"action":"decision.override","target":"page","summary":"Override the decision on 51,000.00 USD (wire) from block to manual_review","payload":{"from":"block","to":"manual_review","note":"The customer called."},"evidence":{"score":0.9996},"reason":"The customer called."}""",
                System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage made = await host.Client.PostAsync(new Uri("/v1/approvals/rehearsals", UriKind.Relative), asked, TestContext.Current.CancellationToken);
            string body = await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(made.IsSuccessStatusCode, body);
            return path.Replace("{approval}", JsonDocument.Parse(body).RootElement.GetProperty("request").GetProperty("id").GetString(), StringComparison.Ordinal);
        }

        if (path.Contains("{experiment}", StringComparison.Ordinal))
        {
            await host.PutAsync("/v1/namespaces/default/abexperiments/thresholds", """
                {"managedBy":"Api","spec":{"model":"finobs-built-in","arms":[{"name":"control","version":"1.0.0","weight":50},{"name":"treatment","version":"1.1.0","weight":50}],
                 "hypothesis":"A higher threshold loses no fraud.","primary":{"metric":"PrecisionAtK","direction":"Increase"},"state":"Draft"}}
                """);
            return path.Replace("{experiment}", "thresholds", StringComparison.Ordinal);
        }

        if (path.Contains("{entry}", StringComparison.Ordinal))
        {
            JsonElement entry = await host.PostAsync("/v1/compliance/log", """{"eventType":"policy_question","severity":"High","description":"May wires above 50,000 be released by one person?"}""");
            return path.Replace("{entry}", entry.GetProperty("id").GetString(), StringComparison.Ordinal);
        }

        return path;
    }

    /// <summary>Skips, or fails, where there is no browser.</summary>
    private async Task<DataPlaneProcess> HostAsync()
    {
        await using Tab tab = await browser.OpenAsync();
        return browser.Host;
    }
}
