using System.Text.Json;
using System.Text.RegularExpressions;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>
/// Every panel and every alert, asked of a real Prometheus that scrapes the real data plane and the real operator under traffic. An expression with a misspelt metric or label gives nothing, for ever,
/// and nobody notices until the night on which it should have woken somebody.
/// </summary>
public sealed partial class ObservedTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What cannot happen within a minute, with the reason. Everything else has to give data.</summary>
    private static readonly Dictionary<string, string> Silent = new(StringComparer.Ordinal)
    {
        ["finobs_drift_feature_psi"] = "no window of a check has ended after the traffic of a minute: nothing is judged yet",
        ["finobs_scoring_remote_"] = "no scoring pod runs: the played node says that pods are ready, and serves nothing",
        ["finobs_replay_"] = "the sample is drawn once a night",
    };

    private ObservedWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await ObservedWorld.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
    }

    /// <summary>One test, because starting all of it is what takes the time.</summary>
    [Fact]
    public async Task Every_panel_and_every_alert_has_data_and_every_attribute_that_is_searched_for_is_sent()
    {
        List<PanelQuery> open = [.. Dashboards.PromQL.Select(query => query with { Expression = Dashboards.Resolved(query.Expression) }), .. await AlertsAsync()];
        Assert.True(open.Count > 60, $"Only {open.Count} expressions were found.");
        int asked = open.Count;
        long begun = TimeProvider.System.GetTimestamp();
        while (open.Exists(IsToSpeak) && TimeProvider.System.GetElapsedTime(begun) < Deadline)
        {
            await Task.Delay(Pause, TimeProvider.System, Cancel);
            foreach (PanelQuery query in open.ToArray())
            {
                if (await HasDataAsync(query.Expression)) open.Remove(query);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{asked - open.Count} of {asked} expressions gave data after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s.");
        Assert.True(!open.Exists(IsToSpeak), string.Join('\n', open.Where(IsToSpeak).Select(query => $"{query.Panel}: {query.Expression}")));
        Assert.All(Dashboards.TraceQL.SelectMany(query => Searched().Matches(query.Expression).Select(match => match.Groups["text"].Value)), text => Assert.True(_world.Traces.Has(text), $"No span has {text}."));
        await HasExemplarsAsync();
    }

    private static bool IsToSpeak(PanelQuery query) => !Silent.Keys.Any(name => query.Expression.Contains(name, StringComparison.Ordinal));

    /// <summary>As Prometheus has loaded them. A comparison gives nothing where it does not hold, so it is asked for its answer instead: 0 or 1, wherever there is anything to compare.</summary>
    private async Task<IEnumerable<PanelQuery>> AlertsAsync()
    {
        JsonElement groups = (await _world.Prometheus.ReadAsync("/api/v1/rules", Cancel)).GetProperty("groups");
        return groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => new PanelQuery($"rule {rule.GetProperty("name").GetString()}", Comparison().Replace(rule.GetProperty("query").GetString()!, " ${operator} bool ")));
    }

    private async Task<bool> HasDataAsync(string expression) =>
        (await _world.Prometheus.QueryAsync(expression, Cancel)).Any(series => series.GetProperty("value")[1].GetString() != "NaN");

    /// <summary>What leads from a latency to its trace.</summary>
    private async Task HasExemplarsAsync()
    {
        long to = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        JsonElement found = await _world.Prometheus.ReadAsync($"/api/v1/query_exemplars?query=finobs_transactions_chunk_duration_seconds_bucket&start={to - 300}&end={to + 10}", Cancel);
        Assert.Contains(found.EnumerateArray().SelectMany(series => series.GetProperty("exemplars").EnumerateArray()), exemplar => exemplar.GetProperty("labels").TryGetProperty("trace_id", out _));
    }

    [GeneratedRegex(@"\s(?<operator>>=|<=|==|!=|>|<)\s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comparison();

    /// <summary>Names of spans and of services, and of the attributes that a query looks at.</summary>
    [GeneratedRegex(@"span\.(?<text>[a-z_.]+)|""(?<text>[a-z._-]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Searched();
}
