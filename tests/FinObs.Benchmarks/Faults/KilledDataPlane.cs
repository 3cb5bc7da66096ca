using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>The data plane dies by SIGKILL and is started again at once.</summary>
internal sealed class KilledDataPlane : IFault
{
    public string Name => "kill -9 of the data plane";

    public bool MayLoseConnections => true;

    public string? WhyNot(DatabaseKind kind) => null;

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        await rig.Host.KillAsync();
        await rig.StartHostAsync();
        return $"ready again after {rig.StartToReady.TotalSeconds:0.0} s";
    }
}
