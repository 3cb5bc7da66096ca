using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>The story that the README tells, walked in a browser.</summary>
[Collection(OneBrowser.Name)]
public sealed class StoryTests(Browser browser)
{
    [Fact]
    public async Task An_officer_reads_why_overrides_with_a_note_and_the_audit_log_reads_it_back()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, string decision) = await browser.Host.SendLargeWireAsync("story");
        Assert.NotEqual("approve", decision);

        await tab.GoAsync("/decisions");
        await tab.Page.ClickAsync($"a[data-row][href='/decisions/{id}']");
        await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("USD 9,800.00");
        Assert.True(await tab.Page.Locator(".waterfall tbody tr").CountAsync() > 3);
        await Assertions.Expect(tab.Page.Locator(".sentence").First).ToContainTextAsync("9,800.00");

        string to = decision == "block" ? "Review" : "Block";
        await tab.Page.Locator(".choice", new PageLocatorOptions { HasTextString = to }).ClickAsync();
        await tab.Page.FillAsync("textarea", "The payee is under investigation in another matter.");
        await tab.Page.ClickAsync($"text=Override to {to}");
        await Assertions.Expect(tab.Page.Locator(".done")).ToBeVisibleAsync();

        await tab.GoAsync($"/audit/{id}");
        await Assertions.Expect(tab.Page.Locator(".story")).ToContainTextAsync(to == "Block" ? "decision overridden" : "approval requested");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_note_that_is_too_short_is_refused_beside_its_field()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("short-note");

        await tab.GoAsync($"/decisions/{id}");
        await tab.Page.Locator(".choice").First.ClickAsync();
        await tab.Page.FillAsync("textarea", "no");
        await tab.Page.ClickAsync(".decide .btn-main");

        await Assertions.Expect(tab.Page.Locator("#override-problem")).ToContainTextAsync("10 to 4,000 characters");
        Assert.Equal("[]", (await browser.Host.GetAsync($"/v1/decisions/{id}/overrides")).GetRawText());
    }

    [Fact]
    public async Task What_happens_is_shown_without_a_reload()
    {
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync("/");

        (string id, _) = await browser.Host.SendLargeWireAsync("live");

        ILocator line = tab.Page.Locator($".feed a[href='/decisions/{id}']");
        await Assertions.Expect(line).ToContainTextAsync("USD 9,800.00", new LocatorAssertionsToContainTextOptions { Timeout = 10_000 });
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task The_slider_scores_another_amount_and_a_small_one_is_approved()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("what-if");

        await tab.GoAsync($"/decisions/{id}");
        await tab.Page.FillAsync(".try input.num", "100");
        await tab.Page.PressAsync(".try input.num", "Tab");

        await Assertions.Expect(tab.Page.Locator(".try-result")).ToContainTextAsync("score 0.");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Keys_move_through_the_list_and_open_a_decision()
    {
        await using Tab tab = await browser.OpenAsync();
        await browser.Host.SendLargeWireAsync("keys-1");
        await browser.Host.SendLargeWireAsync("keys-2");
        await tab.GoAsync("/decisions");

        await tab.Page.Keyboard.PressAsync("j");
        await tab.Page.Keyboard.PressAsync("j");
        string? second = await tab.Page.Locator("a[data-row]").Nth(1).GetAttributeAsync("href");
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.WaitForURLAsync($"**{second}");
        await Assertions.Expect(tab.Page.Locator("h1")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_pasted_id_of_the_sender_leads_to_its_decision()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("pasted-id");
        await tab.GoAsync("/");

        await tab.Page.FillAsync("[data-search]", "pasted-id");
        await tab.Page.PressAsync("[data-search]", "Enter");

        await tab.Page.WaitForURLAsync($"**/decisions/{id}");
    }
}
