using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.Benchmarks.Faults;

/// <summary>The database's processes may write to the disk only a few times a second: a commit that took milliseconds takes a fifth of a second and more.</summary>
internal sealed class SlowDisk : IFault
{
    private const int WritesPerSecond = 10;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(12);

    public string Name => "slow disk";

    public bool MayLoseConnections => false;

    public string? WhyNot(DatabaseKind kind) => ThrottledDisk.WhyNot;

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        long before = load.Succeeded;
        using (ThrottledDisk disk = new(WritesPerSecond))
        {
            foreach (int process in ProcessesOf(rig))
            {
                disk.Add(process);
            }

            await Task.Delay(Length, cancellationToken);
        }

        return $"{WritesPerSecond} writes a second by a control group for {Length.TotalSeconds:0} s, in which {(load.Succeeded - before) / Length.TotalSeconds:N0} a second were stored";
    }

    /// <summary>Whoever commits: PostgreSQL's processes, or the data plane where SQLite is inside it.</summary>
    private static IEnumerable<int> ProcessesOf(LoadRig rig) => rig.Database.Cluster is { } cluster
        ? [cluster.ProcessId, .. ProcessTree.ChildrenOf(cluster.ProcessId).Select(child => child.Id)]
        : [rig.Host.ProcessId];
}
