using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>Calls of this process since it started; those of all replicas are in the audit log and the metrics.</summary>
internal sealed class CallStatistics(TimeProvider time)
{
    private const int MostRecent = 10;
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly SortedDictionary<string, long> _tools = new(StringComparer.Ordinal);
    private readonly Queue<RecentCall> _recent = new();
    private long _total;
    private long _errors;
    private double _milliseconds;

    public void Add(string tool, string outcome, string? decision, TimeSpan took)
    {
        bool isError = outcome != CallOutcomes.Ok;
        lock (_gate)
        {
            _total++;
            _errors += isError ? 1 : 0;
            _milliseconds += took.TotalMilliseconds;
            _tools[tool] = _tools.GetValueOrDefault(tool) + 1;
            _recent.Enqueue(new RecentCall(tool, time.GetUtcNow(), Math.Round(took.TotalMilliseconds, 3), decision, isError ? outcome : null));
            if (_recent.Count > MostRecent) _recent.Dequeue();
        }
    }

    public CallStatisticsAnswer Read()
    {
        lock (_gate)
        {
            return new CallStatisticsAnswer(_since, _total, new SortedDictionary<string, long>(_tools, StringComparer.Ordinal), _total == 0 ? 0 : Math.Round(_milliseconds / _total, 3), _errors, [.. _recent.Reverse()]);
        }
    }
}

/// <summary>Use of the tools.</summary>
/// <param name="Since">This process counts from then on.</param>
/// <param name="TotalCalls">Of tools and resources.</param>
/// <param name="Tools">Calls by name.</param>
/// <param name="AverageLatencyMs">Of all, with the leaf.</param>
/// <param name="Errors">Those that were not answered as asked: refused, denied, failed, cancelled.</param>
/// <param name="Recent">The last ten, the newest first.</param>
internal sealed record CallStatisticsAnswer(
    [property: JsonPropertyName("since")] DateTimeOffset Since,
    [property: JsonPropertyName("total_calls")] long TotalCalls,
    [property: JsonPropertyName("tools")] IReadOnlyDictionary<string, long> Tools,
    [property: JsonPropertyName("avg_latency_ms")] double AverageLatencyMs,
    [property: JsonPropertyName("errors")] long Errors,
    [property: JsonPropertyName("recent")] IReadOnlyList<RecentCall> Recent);

/// <summary>One call.</summary>
/// <param name="Tool">Which.</param>
/// <param name="Timestamp">When it ended.</param>
/// <param name="LatencyMs">How long it took.</param>
/// <param name="Decision">On a single transaction; else null.</param>
/// <param name="Error">How it failed; null where it did not.</param>
internal sealed record RecentCall(
    [property: JsonPropertyName("tool")] string Tool,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("latency_ms")] double LatencyMs,
    [property: JsonPropertyName("decision")] string? Decision,
    [property: JsonPropertyName("error")] string? Error);
