using System.Text;
using System.Text.Json;
using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>A page of the browser that remembers what its console complained of.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public Tab(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Goes there and waits until the page is live.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await LiveAsync();
    }

    /// <summary>The page's own script was told that its connection has made what is shown.</summary>
    public Task LiveAsync() => Page.WaitForFunctionAsync("() => document.documentElement.dataset.live === location.pathname");

    /// <summary>What axe has to say against what is shown now, of some weight.</summary>
    public async Task<string[]> ViolationsAsync()
    {
        await Page.EvaluateAsync(await Browser.AxeAsync());
        JsonElement? found = await Page.EvaluateAsync("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`)");
        return [.. found!.Value.EnumerateArray().Select(violation => violation.GetString()!)];
    }

    /// <summary>Nothing serious is to be said against it.</summary>
    public async Task ReadableAsync(string what)
    {
        string[] violations = await ViolationsAsync();
        Assert.True(violations.Length == 0, $"{what}: {string.Join('\n', violations)}");
    }

    /// <summary>Kept where FINOBS_SCREENSHOTS says.</summary>
    public async Task PictureAsync(string name)
    {
        if (Browser.Pictures is { } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}

internal static class Asking
{
    public static async Task<JsonElement> GetAsync(this DataPlaneProcess host, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public static Task<JsonElement> PostAsync(this DataPlaneProcess host, string path, string json) => WriteAsync(host, HttpMethod.Post, path, json);

    public static Task<JsonElement> PutAsync(this DataPlaneProcess host, string path, string json) => WriteAsync(host, HttpMethod.Put, path, json);

    private static async Task<JsonElement> WriteAsync(DataPlaneProcess host, HttpMethod method, string path, string json)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Sends one transaction and gives its id.</summary>
    public static async Task<(string Id, string Decision)> SendAsync(this DataPlaneProcess host, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), content);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        JsonElement result = JsonDocument.Parse(body).RootElement.GetProperty("results")[0];
        return (result.GetProperty("id").GetString()!, result.GetProperty("decision").GetString()!);
    }

    /// <summary>A wire that stands out: an account without history, a large amount, a new payee.</summary>
    public static Task<(string Id, string Decision)> SendLargeWireAsync(this DataPlaneProcess host, string id) => host.SendAsync(
        $$"""{"transaction_id":"{{id}}","amount":9800,"type":"wire","account":"acc-{{id}}","counterparty":"new-payee"}""");
}
