using System.Text;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>A series for each id would end any Prometheus: whatever goes through, the series stay as many as they were.</summary>
public sealed class CardinalityTests
{
    private const int Ids = 10_000;
    private const int Asked = 500;
    private const int MostLooks = 600;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What workers measure after a while.</summary>
    private static readonly string[] Late = ["finobs_monitoring_counted_total{", "finobs_cases_open{", "finobs_audit_acts_total{"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_ids_make_no_series()
    {
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.Sqlite);
        await using DataPlaneProcess host = await installation.StartAsync("--Drift:Default", "false");
        await UseAsync(host, "warm", 200, 50);
        HashSet<string> before = await SeriesAsync(host);
        Assert.Contains(before, series => series.StartsWith("finobs_decisions_made_total{", StringComparison.Ordinal));

        await UseAsync(host, "id", Ids, Asked);
        HashSet<string> after = await SeriesAsync(host);

        Assert.Empty(after.Except(before, StringComparer.Ordinal));
        Assert.DoesNotContain(after, series => series.Contains("id-", StringComparison.Ordinal));
    }

    /// <summary>Transactions of as many accounts and counterparties, each known by its id afterwards; and addresses that lead nowhere.</summary>
    private static async Task UseAsync(DataPlaneProcess host, string prefix, int ids, int asked)
    {
        IEnumerable<string> items = Enumerable.Range(0, ids).Select(i => $$"""{"transaction_id":"{{prefix}}-{{i}}","amount":{{(i % 90) + 1}},"type":"card","account":"{{prefix}}-a-{{i}}","counterparty":"{{prefix}}-c-{{i}}"}""")
            .Append($$"""{"transaction_id":"{{prefix}}-big","amount":9800000,"type":"wire","account":"{{prefix}}-b"}""");
        string all = $"[{string.Join(',', items.Take(ids - 1).Append(items.Last()))}]";
        await PostAsync(host, all);
        await PostAsync(host, all);
        await PostAsync(host, $$"""{"transaction_id":"{{prefix}}-0","amount":77777,"type":"card"}""");
        await PostAsync(host, """{"amount":-1}""");
        for (int i = 0; i < asked; i++)
        {
            foreach (string path in (string[])[$"/v1/transactions/{prefix}-{i}", $"/v1/cases/{prefix}-{i}", $"/{prefix}/{i}"])
            {
                using HttpResponseMessage _ = await host.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            }
        }

        // Behind the pipeline: until it is counted, and its case is.
        string text = "";
        for (int i = 0; i < MostLooks && !Array.TrueForAll(Late, name => text.Contains(name, StringComparison.Ordinal)); i++)
        {
            await Task.Delay(Pause, TimeProvider.System, Cancel);
            text = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        }
    }

    private static async Task PostAsync(DataPlaneProcess host, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage _ = await host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), body, Cancel);
    }

    /// <summary>Names with their labels, ours and those of HTTP; the runtime's depend on when it collects garbage.</summary>
    private static async Task<HashSet<string>> SeriesAsync(DataPlaneProcess host)
    {
        string text = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        return [.. text.Split('\n').Where(IsOurs).Select(line => line[..(line.LastIndexOf('}') + 1)] is { Length: > 0 } labelled ? labelled : line.Split(' ')[0])];
    }

    private static bool IsOurs(string line) => line.StartsWith("finobs_", StringComparison.Ordinal) || line.StartsWith("http_", StringComparison.Ordinal);
}
