using FinObs.Benchmarks.Load;

namespace FinObs.Benchmarks.Faults;

/// <summary>One fault on one database, and what must hold after it.</summary>
internal sealed record FaultOutcome
{
    // The bound of the memory targets: after a million transactions.
    private const double MostMegabytes = 500;
    private const double Recovered = 0.9;

    public required string Fault { get; init; }

    public required string Database { get; init; }

    public required bool MayLoseConnections { get; init; }

    /// <summary>Answers of 200 a second before the fault, at 80 % of the peak.</summary>
    public required double RateBefore { get; init; }

    /// <summary>From the end of the fault until two seconds in a row had 90 % of it; null when that did not come in time.</summary>
    public required TimeSpan? Recovery { get; init; }

    /// <summary>Resident MB.</summary>
    public required double MemoryBefore { get; init; }

    public required double MemoryPeak { get; init; }

    public required SingleLoadResult Load { get; init; }

    public required StoredTransactions Stored { get; init; }

    /// <summary>Null where the audit log verifies, else what was said.</summary>
    public required string? AuditProblem { get; init; }

    /// <summary>What the fault did, in its own words.</summary>
    public required string Words { get; init; }

    /// <summary>What does not hold, in words; empty where all does.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Rule(Stored.IsExact, $"{Stored}"),
        .. Rule(Recovery is not null, $"no return to {Recovered:0 %} of the rate"),
        .. Rule(MemoryPeak < MostMegabytes, $"memory reached {MemoryPeak:0} MB"),
        .. Rule(Load.Errors == 0, $"answers other than 200, 429 and 503: {Load.Answers}"),
        .. Rule(Load.WithoutRetryAfter == 0, $"{Load.WithoutRetryAfter:N0} refusals without Retry-After"),
        .. Rule(Load.TimedOut == 0, $"{Load.TimedOut:N0} requests without an answer"),
        .. Rule(MayLoseConnections || Load.LostConnections == 0, $"{Load.LostConnections:N0} connections lost"),
        .. Rule(AuditProblem is null, $"audit: {AuditProblem}"),
    ];

    public string RecoveryText => Recovery is { } recovery ? $"{recovery.TotalSeconds:0.0} s" : "no";

    public override string ToString() =>
        $"""
        {Fault}, {Database}: {(Broken.Count == 0 ? "whole" : "BROKEN: " + string.Join("; ", Broken))}
            {RateBefore:N0} a second before, again after {RecoveryText}; memory {MemoryBefore:0} MB, at most {MemoryPeak:0} MB; answers {Load.Answers}
            {Stored}; {Words}
        """;

    private static string[] Rule(bool holds, string otherwise) => holds ? [] : [otherwise];
}
