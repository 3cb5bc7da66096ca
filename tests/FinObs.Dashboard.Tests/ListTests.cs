using System.Text.Json;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>What is done in lists, and how one gets about: the palette, saved views, looking beside a list, and several at once.</summary>
[Collection(OneBrowser.Name)]
public sealed class ListTests(Browser browser)
{
    [Fact]
    public async Task The_palette_leads_to_a_page_by_its_name_and_back_by_what_was_seen()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("palette");
        await tab.GoAsync($"/decisions/{id}");

        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("drif");
        await tab.ReadableAsync("the palette");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/drift");
        await tab.LiveAsync();
        await tab.Page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(tab.Page.Locator("#palette-list li").First).ToContainTextAsync("9,800.00");
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.WaitForURLAsync($"**/decisions/{id}");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_pasted_id_goes_before_pages()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("palette-id-7");
        await tab.GoAsync("/");

        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("palette-id-7");
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.WaitForURLAsync($"**/decisions/{id}");
    }

    [Fact]
    public async Task A_view_is_kept_in_this_browser_without_the_account_and_can_be_forgotten()
    {
        await using Tab tab = await browser.OpenAsync();
        await browser.Host.SendLargeWireAsync("views");
        await tab.GoAsync("/decisions?type=wire&min_score=0.5&account=acc-views");

        await tab.Page.ClickAsync("text=Save this view");
        await tab.Page.FillAsync("fo-views input", "Large wires");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("fo-views")).ToContainTextAsync("Without the account");
        Assert.DoesNotContain("acc-views", await tab.Page.EvaluateAsync<string>("JSON.stringify({...localStorage})"), StringComparison.Ordinal);

        await tab.GoAsync("/decisions");
        await tab.Page.ClickAsync("text=Large wires");
        await tab.Page.WaitForURLAsync("**/decisions?type=wire&min_score=0.5");
        await tab.Page.Locator("[aria-label='Forget the view Large wires']").ClickAsync();
        await Assertions.Expect(tab.Page.Locator("fo-views")).Not.ToContainTextAsync("Large wires");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Space_looks_into_a_decision_beside_the_list_and_no_row_moves()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("peek-one");
        await browser.Host.SendLargeWireAsync("peek-two");
        await tab.GoAsync("/decisions");
        string?[] before = await RowsAsync(tab);
        await browser.Host.SendLargeWireAsync("peek-three");

        await tab.Page.Locator($"a[data-row][href='/decisions/{id}']").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(tab.Page.Locator(".peek h2")).ToContainTextAsync("USD 9,800.00");

        Assert.Contains($"peek={id}", tab.Page.Url, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync(tab));
        await Assertions.Expect(tab.Page.Locator($"a[data-row][href='/decisions/{id}']")).ToBeFocusedAsync();
        await tab.ReadableAsync("a decision beside the list");
        await tab.PictureAsync("decisions-peek");
        await tab.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(tab.Page.Locator(".peek")).ToHaveCountAsync(0);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Several_cases_are_taken_and_resolved_at_once_each_with_its_own_leaf()
    {
        await using Tab tab = await browser.OpenAsync();
        await browser.Host.SendLargeWireAsync("bulk-one");
        await browser.Host.SendLargeWireAsync("bulk-two");
        await Browser.UntilAsync(async () => (await OpenAsync()).Count(one => AccountOf(one) is "acc-bulk-one" or "acc-bulk-two") == 2);
        JsonElement[] both = [.. (await OpenAsync()).Where(one => AccountOf(one) is "acc-bulk-one" or "acc-bulk-two")];
        await tab.GoAsync("/cases");

        foreach (JsonElement one in both)
        {
            await tab.Page.Locator($"tr:has(a[href='/cases/{one.GetProperty("id").GetString()}']) a[data-row]").FocusAsync();
            await tab.Page.Keyboard.PressAsync("x");
        }

        await tab.Page.ClickAsync("text=Take 2");
        await Assertions.Expect(tab.Page.Locator(".done")).ToContainTextAsync("2 cases: take");
        foreach (JsonElement one in both)
        {
            await tab.Page.Locator($"[aria-label='Choose {one.GetProperty("number").GetString()}']").CheckAsync();
        }

        await tab.Page.FillAsync(".bulk input[maxlength='4000']", "Both were asked for by the customer.");
        await tab.Page.SelectOptionAsync(".bulk select", "legitimate");
        await tab.ReadableAsync("several cases");
        await tab.PictureAsync("cases-several");
        await tab.Page.ClickAsync("text=Resolve 2 as legitimate");
        await Assertions.Expect(tab.Page.Locator(".done")).ToContainTextAsync("2 cases: resolve");

        foreach (JsonElement one in both)
        {
            JsonElement now = await browser.Host.GetAsync($"/v1/cases/{one.GetProperty("id").GetString()}");
            Assert.Equal(("Resolved", "Both were asked for by the customer."), (now.GetProperty("status").GetString(), now.GetProperty("notes").GetString()));
        }

        Assert.Empty(tab.Complaints);
    }

    private async Task<JsonElement[]> OpenAsync() => [.. (await browser.Host.GetAsync("/v1/cases?limit=50")).GetProperty("items").EnumerateArray()];

    private static string? AccountOf(JsonElement one) => one.TryGetProperty("account", out JsonElement account) ? account.GetString() : null;

    private static async Task<string?[]> RowsAsync(Tab tab) => await tab.Page.Locator("a[data-row]").EvaluateAllAsync<string?[]>("rows => rows.map(row => row.getAttribute('href'))");
}
