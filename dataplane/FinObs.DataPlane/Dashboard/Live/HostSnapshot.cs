namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>This process up to one moment.</summary>
/// <param name="Since">Since when it has listened.</param>
/// <param name="Points">Each ten seconds of the last half hour, the oldest first.</param>
/// <param name="Chunks">How long a transaction, or a batch that was committed as one, took.</param>
/// <param name="Steps">Each step of it, the one that took most of the time first.</param>
/// <param name="Routes">Each route of the API since the start, the busiest first.</param>
/// <param name="AuditLagSeconds">Since when leaves may wait for a signed checkpoint.</param>
/// <param name="Backlog">Events that no window has counted yet.</param>
internal sealed record HostSnapshot(
    DateTimeOffset Since, IReadOnlyList<HostPoint> Points, SpreadLine Chunks, IReadOnlyList<SpreadLine> Steps, IReadOnlyList<RouteLine> Routes, double AuditLagSeconds, long Backlog);

/// <summary>Ten seconds.</summary>
/// <param name="At">Their beginning.</param>
/// <param name="DecidedPerSecond">Decisions.</param>
/// <param name="P50Ms">Half of the commits took less; null where there were none.</param>
/// <param name="P99Ms">One in a hundred took more.</param>
/// <param name="RequestsPerSecond">Answers of the API and of pages.</param>
/// <param name="Failed">Answers of 500 and above.</param>
/// <param name="Cpu">Of all cores, 0 to 1; null = not measured.</param>
/// <param name="Paused">Share of the time in which collecting garbage stopped everything.</param>
/// <param name="WorkingSet">Bytes of memory.</param>
/// <param name="Heap">Bytes of it that are objects.</param>
internal sealed record HostPoint(
    DateTimeOffset At, double DecidedPerSecond, double? P50Ms, double? P99Ms, double RequestsPerSecond, long Failed, double? Cpu, double? Paused, long? WorkingSet, long? Heap)
{
    public static HostPoint Nothing(long number) => new(TimeOf(number), 0, null, null, 0, 0, null, null, null, null);

    public static DateTimeOffset TimeOf(long number) => new(number * HostFigures.Step.Ticks, TimeSpan.Zero);
}

/// <summary>How something spread.</summary>
internal sealed record SpreadLine(string Name, long Count, double SumSeconds, double MeanMs, double? P50Ms, double? P99Ms);

/// <summary>A route of the API.</summary>
internal sealed record RouteLine(string Route, SpreadLine Took, long Failed);
