using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>Something that breaks under load, and is mended again.</summary>
internal interface IFault
{
    string Name { get; }

    /// <summary>Answers may be lost with their connections, because a process is killed; otherwise a connection that is lost is a defect.</summary>
    bool MayLoseConnections { get; }

    /// <summary>Why it cannot be had here; null where it can.</summary>
    string? WhyNot(DatabaseKind kind);

    /// <summary>The rig that it can strike; null where there is no PostgreSQL.</summary>
    Task<LoadRig?> StartRigAsync(DatabaseKind kind) => LoadRig.TryStartAsync(kind);

    /// <summary>Strikes, lasts, and is lifted when this returns; gives what it did in words.</summary>
    Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken);

    /// <summary>Whatever is to be cleaned up once the rig is gone.</summary>
    ValueTask CleanAsync() => ValueTask.CompletedTask;
}
