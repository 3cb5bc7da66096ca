using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Merkle;

namespace FinObs.DataPlane.Resources.Handling;

/// <summary>Puts together what the data plane knows of a resource: what its handler says, and what every kind has. It always answers.</summary>
internal sealed partial class ResourceStatuses(
    IEnumerable<IResourceHandler> handlers, ResourceWork work, AuditReader audit, TimeProvider time, ILogger<ResourceStatuses> logger)
{
    private readonly ConcurrentDictionary<(ResourceKey Key, string Type), (ConditionStatus Status, DateTimeOffset Since)> _since = [];

    public async Task<ResourceStatusAnswer> OfAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        // Asked first: what is made so in between may not be called settled with what was seen before.
        bool isSettled = resource.Spec.Suspend || work.HasActedOn(resource) || handlers.All(handler => handler.Kind != resource.Key.Kind);
        ResourceStatus status = await PartAsync(resource, cancellationToken);
        status = status with
        {
            ObservedGeneration = isSettled ? resource.Row.Generation : status.ObservedGeneration,
            TraceId = resource.Row.TraceId,
            Audit = await MarkAsync(resource.Row.LeafId, cancellationToken),
            Conditions = [.. (status.Conditions ?? []).Select(condition => condition with { LastTransitionTime = Since(resource.Key, condition), ObservedGeneration = resource.Row.Generation })],
        };
        return new ResourceStatusAnswer
        {
            Revision = resource.Revision,
            Status = (JsonObject)JsonSerializer.SerializeToNode(status, status.GetType(), ResourceJson.Lenient)!,
            Deleting = resource.Row.Deleting,
        };
    }

    private async Task<ResourceStatus> PartAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        ResourceStatus empty = (ResourceStatus)Activator.CreateInstance(ResourceKinds.Find(resource.Key.Kind)!.StatusType)!;
        if (resource.Spec.Suspend && !resource.Row.Deleting)
        {
            return With(empty, CommonReasons.Suspended, "spec.suspend is true: everything stays as it is.");
        }

        if (handlers.FirstOrDefault(known => known.Kind == resource.Key.Kind) is not { } handler)
        {
            return With(empty, CommonReasons.NotActedUpon, NotActedUpon);
        }

        try
        {
            return await handler.StatusAsync(resource, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, resource.Key, exception);
            return With(empty, CommonReasons.Progressing, $"How it stands could not be found out just now; the log says why under trace {Activity.Current?.TraceId.ToString() ?? "(none)"}. Ask again.");
        }
    }

    private ResourceStatus With(ResourceStatus status, string reason, string message) => status with
    {
        Conditions = [new Condition { Type = ConditionTypes.Ready, Status = ConditionStatus.Unknown, Reason = reason, Message = message, LastTransitionTime = time.GetUtcNow() }],
    };

    /// <summary>What is missing, said of each kind, so that nobody waits for it.</summary>
    private const string NotActedUpon = "Stored, validated and audited. This version does not act upon this kind yet.";

    private async Task<AuditMark> MarkAsync(Guid leafId, CancellationToken cancellationToken)
    {
        AuditMark mark = new() { LeafId = leafId.ToString() };
        if (await audit.FindLeafAsync(leafId, cancellationToken) is not { } leaf)
        {
            return mark;
        }

        long? size = leaf.Provable ? (await audit.LatestCheckpointAsync(cancellationToken))?.Size : null;
        return mark with { LeafIndex = leaf.Index, LeafHash = Convert.ToBase64String(MerkleHash.Leaf(leaf.Leaf)), CheckpointSize = size };
    }

    /// <summary>Since when a condition is as it is, as far as this process has seen; in whole seconds, as the API server keeps times.</summary>
    private DateTimeOffset Since(ResourceKey key, Condition condition)
    {
        DateTimeOffset now = time.GetUtcNow();
        now = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return _since.AddOrUpdate(
            (key, condition.Type), _ => (condition.Status, now), (_, before) => before.Status == condition.Status ? before : (condition.Status, now)).Since;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The status of {Resource} could not be found out.")]
    private static partial void Failed(ILogger logger, ResourceKey resource, Exception exception);
}
