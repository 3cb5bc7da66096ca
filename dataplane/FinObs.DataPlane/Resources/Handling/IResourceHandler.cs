using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Resources.Handling;

/// <summary>
/// What makes the resources of one kind so. Registered by the slice that owns the kind. Level-based: it is told what is in force, not what has changed,
/// any number of times, in every replica, after a start too.
/// </summary>
internal interface IResourceHandler
{
    /// <summary>The kind, e.g. <c>ModelVersion</c>.</summary>
    string Kind { get; }

    /// <summary>Makes it so. An exception is tried again with growing pauses.</summary>
    /// <returns>When to call again although nothing has changed, e.g. because something outside is waited for; null = not.</returns>
    Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken);

    /// <summary>The part of the kind's status that the data plane owns. What every kind has is filled in by the caller.</summary>
    Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken);

    /// <summary>True once nothing depends on it any more and it may go.</summary>
    Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken);

    /// <summary>It is gone: drops what this process has of it.</summary>
    void Forget(StoredResource resource);
}
