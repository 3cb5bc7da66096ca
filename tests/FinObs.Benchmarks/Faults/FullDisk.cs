using System.Diagnostics;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.Benchmarks.Faults;

/// <summary>The file system of the database is filled to its last block, and given room again some seconds after the first refusal.</summary>
internal sealed class FullDisk : IFault
{
    private const long Bytes = 3L << 30;

    private static readonly TimeSpan AfterTheFirstRefusal = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private SmallFileSystem? _disk;

    public string Name => "disk full";

    public bool MayLoseConnections => false;

    public string? WhyNot(DatabaseKind kind) => SmallFileSystem.WhyNot;

    public async Task<LoadRig?> StartRigAsync(DatabaseKind kind)
    {
        _disk = await SmallFileSystem.MountAsync(Bytes);
        if (kind == DatabaseKind.Sqlite)
        {
            return await LoadRig.TryStartAsync(kind, _disk.MountPoint);
        }

        string server = Directory.CreateDirectory(Path.Combine(_disk.MountPoint, "server")).FullName;
        return await LoadRig.TryStartAsync(kind, clusterParent: server);
    }

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        long refusedBefore = load.Refused;
        long start = Stopwatch.GetTimestamp();
        await _disk!.FillAsync();
        while (load.Refused == refusedBefore && Stopwatch.GetElapsedTime(start) < LongestWait)
        {
            await Task.Delay(Pause, cancellationToken);
        }

        TimeSpan toRefusal = Stopwatch.GetElapsedTime(start);
        bool refused = load.Refused > refusedBefore;
        await Task.Delay(AfterTheFirstRefusal, cancellationToken);
        _disk.Free();
        string words = refused ? $"first refusal after {toRefusal.TotalSeconds:0.0} s" : "nothing was refused: it wrote into space that it already had";
        return words + await SuperviseAsync(rig.Database.Cluster);
    }

    public ValueTask CleanAsync() => _disk?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A PostgreSQL that could not even recover has ended: who runs it starts it again.</summary>
    private static async Task<string> SuperviseAsync(LocalCluster? cluster)
    {
        if (cluster is null || !cluster.HasExited)
        {
            return "";
        }

        await cluster.StartAgainAsync();
        return "; PostgreSQL had ended for want of space and was started again";
    }
}
