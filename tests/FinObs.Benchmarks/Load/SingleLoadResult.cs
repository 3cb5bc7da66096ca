namespace FinObs.Benchmarks.Load;

/// <summary>What a load of single POSTs saw.</summary>
internal sealed class SingleLoadResult
{
    /// <summary>From the moment when a request was due to the end of its answer; answers of 200 only.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Answers by status.</summary>
    public SortedDictionary<int, long> Statuses { get; } = [];

    /// <summary>Answers of 200 in each second since the start.</summary>
    public List<long> PerSecond { get; } = [];

    public TimeSpan Elapsed { get; set; }

    public long Flagged { get; set; }

    public long LostConnections { get; set; }

    /// <summary>Requests that were answered by nothing within the patience.</summary>
    public long TimedOut { get; set; }

    /// <summary>429 or 503 that did not say when to come again.</summary>
    public long WithoutRetryAfter { get; set; }

    /// <summary>Requests of a fixed rate that were not sent because every connection was busy for a second.</summary>
    public long Shed { get; set; }

    public long Succeeded => Statuses.GetValueOrDefault(200);

    public double RequestsPerSecond => Succeeded / Elapsed.TotalSeconds;

    /// <summary>Neither 200 nor a refusal that asks for patience.</summary>
    public long Errors => Statuses.Where(pair => pair.Key is not (200 or 429 or 503)).Sum(pair => pair.Value);

    /// <summary>E.g. <c>200: 12,345, 503: 17, connections lost 64</c>.</summary>
    public string Answers =>
        string.Join(", ", Statuses.Select(pair => $"{pair.Key}: {pair.Value:N0}")) +
        (LostConnections > 0 ? $", connections lost {LostConnections:N0}" : "") +
        (Shed > 0 ? $", given up unsent {Shed:N0}" : "") +
        (TimedOut > 0 ? $", without an answer {TimedOut:N0}" : "");
}
