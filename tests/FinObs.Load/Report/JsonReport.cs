using System.Text.Json;
using FinObs.Load.Running;

namespace FinObs.Load.Report;

/// <summary>A result for other programs; times in milliseconds.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Of(LoadResult result) => JsonSerializer.Serialize(
        new
        {
            result.Scenario.Name,
            Target = result.Scenario.Target.ToString(),
            result.Scale,
            result.StartedAt,
            SentLateP99 = result.LateStart.TotalMilliseconds,
            Requests = result.Requests.Select((tally, i) => new
            {
                result.Scenario.Mix[i].Name,
                tally.Due,
                tally.Errors,
                tally.Causes,
                P50 = tally.Latencies.Percentile(0.5).TotalMilliseconds,
                P90 = tally.Latencies.Percentile(0.9).TotalMilliseconds,
                P99 = tally.Latencies.Percentile(0.99).TotalMilliseconds,
                P999 = tally.Latencies.Percentile(0.999).TotalMilliseconds,
                Longest = tally.Latencies.Max.TotalMilliseconds,
            }),
            Seconds = result.Seconds.Select(second => new { second.Due, second.Answered, second.Errors, P50 = second.Latencies.Percentile(0.5).TotalMilliseconds, P99 = second.Latencies.Percentile(0.99).TotalMilliseconds }),
            result.Unmet,
        },
        Options);
}
