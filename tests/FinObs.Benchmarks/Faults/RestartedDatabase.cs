using System.Diagnostics;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>PostgreSQL stops as in a crash (immediate), stays away for some seconds, and recovers from its log.</summary>
internal sealed class RestartedDatabase : IFault
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);

    public string Name => "PostgreSQL restart, immediate";

    public bool MayLoseConnections => false;

    public string? WhyNot(DatabaseKind kind) => kind == DatabaseKind.Sqlite ? "SQLite has no server" : null;

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        if (rig.Database.Cluster is not { } cluster)
        {
            throw new InvalidOperationException("This server is not ours to restart.");
        }

        await cluster.StopImmediatelyAsync();
        await Task.Delay(Away, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        await cluster.StartAgainAsync();
        return $"away for {Away.TotalSeconds:0} s, then {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s of recovery";
    }
}
