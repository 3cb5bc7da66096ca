using System.Text.Json;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>What people do on the pages beside decisions, in a browser; what the database then holds is asked of the API.</summary>
[Collection(OneBrowser.Name)]
public sealed class WorkTests(Browser browser)
{
    [Fact]
    public async Task A_tool_is_tried_as_a_client_of_the_protocol_calls_it()
    {
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync("/connect?tool=check_transaction_compliance");

        await tab.Page.ClickAsync("text=Call check_transaction_compliance");

        await Assertions.Expect(tab.Page.Locator("[data-try-state]")).ToContainTextAsync("Answered in", new LocatorAssertionsToContainTextOptions { Timeout = 15_000 });
        await Assertions.Expect(tab.Page.Locator("[data-try-answer]")).ToContainTextAsync("decision");
        await tab.Page.FillAsync(".try-tool textarea", """{"amount": -1}""");
        await tab.Page.ClickAsync("text=Call check_transaction_compliance");
        await Assertions.Expect(tab.Page.Locator("[data-try-state]")).ToContainTextAsync("Refused in");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task An_entry_of_the_compliance_log_is_resolved_once_with_notes()
    {
        await using Tab tab = await browser.OpenAsync();
        string id = (await browser.Host.PostAsync("/v1/compliance/log", """{"eventType":"walked_by_a_browser","severity":"Critical","description":"To be resolved."}""")).GetProperty("id").GetString()!;
        await tab.GoAsync("/compliance");

        await tab.Page.ClickAsync($"a[data-row][href='/compliance/{id}']");
        await tab.Page.FillAsync("textarea", "Looked at with the team.");
        await tab.Page.ClickAsync("text=Resolve this entry");

        await Assertions.Expect(tab.Page.Locator(".done")).ToBeVisibleAsync();
        Assert.Equal("Looked at with the team.", (await browser.Host.GetAsync($"/v1/compliance/log/{id}")).GetProperty("resolutionNotes").GetString());
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task An_export_is_asked_for_and_its_file_appears_without_a_reload()
    {
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync("/exports");
        if (!await tab.Page.Locator("details.fold").First.EvaluateAsync<bool>("box => box.open")) await tab.Page.ClickAsync("text=Make an export");

        await tab.Page.SelectOptionAsync("select >> nth=-2", "transactions");
        await tab.Page.FillAsync("input[maxlength='1000']", "The yearly audit.");
        await tab.Page.ClickAsync("text=Export transactions as CSV");

        await Assertions.Expect(tab.Page.Locator("a[download][href$='/content']").First).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 30_000 });
        JsonElement export = (await browser.Host.GetAsync("/v1/exports?limit=1")).GetProperty("items")[0];
        Assert.Equal(("transactions", "The yearly audit."), (export.GetProperty("type").GetString(), export.GetProperty("reason").GetString()));
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_can_be_revoked()
    {
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync("/access/keys");
        if (!await tab.Page.Locator("details.fold").First.EvaluateAsync<bool>("box => box.open")) await tab.Page.ClickAsync("text=Make a key");

        await tab.Page.FillAsync("input[maxlength='100']", "walked by a browser");
        await tab.Page.Locator(".checks label", new PageLocatorOptions { HasTextString = "transaction:create" }).ClickAsync();
        await tab.Page.ClickAsync("text=Make a key with 1 permission for 90 days");
        await Assertions.Expect(tab.Page.Locator(".done .mono")).ToContainTextAsync("fok_");
        await tab.Page.ClickAsync("text=Revoke walked by a browser");

        await Assertions.Expect(tab.Page.Locator(".done")).ToContainTextAsync("counts no more");
        await tab.GoAsync("/access/keys");
        await Assertions.Expect(tab.Page.Locator("tbody tr").First).ToContainTextAsync("revoked");
        Assert.DoesNotContain("fok_", await tab.Page.Locator(".done").AllInnerTextsAsync() is { Count: > 0 } said ? string.Join(' ', said) : "", StringComparison.Ordinal);
        Assert.Empty(tab.Complaints);
    }
}
