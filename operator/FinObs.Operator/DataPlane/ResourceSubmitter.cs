using System.Collections.Concurrent;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using k8s.Models;
using ResourceKind = FinObs.Contracts.Resources.ResourceKind;

namespace FinObs.Operator.DataPlane;

/// <summary>What keeps a resource from being handed to the data plane, or from leaving it.</summary>
/// <param name="Reason">From <see cref="CommonReasons"/>.</param>
/// <param name="Gate">What it waits for.</param>
/// <param name="Message">Who can do what about it.</param>
/// <param name="IsForGood">Without a change from outside it will not get on.</param>
internal sealed record Obstacle(string Reason, string Gate, string Message, bool IsForGood);

/// <summary>What the data plane has of a resource and makes of it; or what is in the way. Without an answer where it had this revision already.</summary>
internal sealed record Submitted(ResourceAnswer? Answer, ResourceStatusAnswer? Status, Obstacle? Obstacle);

/// <summary>One resource's way through the data plane's door, and out again: never an exception for what may happen to anybody.</summary>
internal sealed class ResourceSubmitter(DataPlaneClient dataPlane, SubmissionBuilder submissions, Resources<V1Secret> secrets)
{
    /// <summary>By uid: the generation that this process has handed over, and the wish to look again that it had seen then.</summary>
    private readonly ConcurrentDictionary<string, (long? Generation, string? Wish)> _handedOver = [];

    /// <summary>
    /// Hands it over, and asks what became of it. At rest the second alone: what was handed over once by this process, and is in force there with this generation and these versions of its Secrets, would change nothing, and
    /// reading its Secrets anew would cost the API server a request each time.
    /// </summary>
    public async Task<Submitted> SubmitAsync<TSpec, TStatus>(CustomResource<TSpec, TStatus> resource, CancellationToken cancellationToken)
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new()
    {
        (ResourceKind kind, ResourceKey key) = NamesOf(resource);
        try
        {
            if (WasHandedOver(resource) && await dataPlane.StatusAsync(kind, key, cancellationToken) is { Deleting: false } inForce && IsOf(inForce.Revision, resource)) return new Submitted(null, inForce, null);
        }
        catch (DataPlaneUnreachableException e)
        {
            return Stopped(CommonReasons.DataPlaneUnreachable, "DataPlane", e.Message, isForGood: false);
        }

        BuiltSubmission built = await submissions.BuildAsync(resource, cancellationToken);
        if (built.Submission is not { } submission) return Stopped(CommonReasons.SecretMissing, "Secret", built.Missing!, isForGood: true);

        try
        {
            return await dataPlane.SubmitAsync(kind, key, submission, cancellationToken) switch
            {
                SubmissionOutcome.Accepted { Answer: var answer } => await HandedOverAsync(resource, answer, cancellationToken),
                SubmissionOutcome.Refused { Why: var why } => Stopped(CommonReasons.RefusedByDataPlane, "Spec", why, isForGood: true),
                SubmissionOutcome.OwnedByAnother { Why: var why } => Stopped(CommonReasons.OwnedByAnother, "Owner", why, isForGood: true),
                SubmissionOutcome.Stale { Why: var why } => Stopped(CommonReasons.Progressing, "DataPlane", why, isForGood: false),
                var other => throw new InvalidOperationException($"Unknown outcome {other}."),
            };
        }
        catch (DataPlaneUnreachableException e)
        {
            return Stopped(CommonReasons.DataPlaneUnreachable, "DataPlane", e.Message, isForGood: false);
        }
    }

    /// <summary>Asks the data plane to let it go; null once it has.</summary>
    public async Task<Obstacle?> RemoveAsync(CustomResource resource, CancellationToken cancellationToken)
    {
        (ResourceKind kind, ResourceKey key) = NamesOf(resource);
        try
        {
            _handedOver.TryRemove(resource.Metadata.Uid!, out _);
            return await dataPlane.RemoveAsync(kind, key, resource.Metadata.Uid!, cancellationToken)
                ? null
                : new Obstacle(CommonReasons.Draining, "Drain", "The data plane finishes what it does with it; nobody needs to act.", IsForGood: false);
        }
        catch (DataPlaneUnreachableException e)
        {
            string message = $"{e.Message} It is deleted once the data plane answers; to delete it without draining, remove the finalizer {WellKnown.Finalizer}.";
            return new Obstacle(CommonReasons.DataPlaneUnreachable, "DataPlane", message, IsForGood: false);
        }
    }

    /// <summary>What <see cref="SubmitAsync"/> would do, one sentence a step.</summary>
    public async Task<IReadOnlyList<string>> PlanAsync(CustomResource resource, CancellationToken cancellationToken)
    {
        (ResourceKind kind, ResourceKey key) = NamesOf(resource);
        string step = $"submit generation {resource.Metadata.Generation} to the data plane";
        try
        {
            ResourceStatusAnswer? status = await dataPlane.StatusAsync(kind, key, cancellationToken);
            bool isThere = status is not null && status.Revision.Uid == resource.Metadata.Uid && status.Revision.Generation == resource.Metadata.Generation;
            return isThere ? [] : [step];
        }
        catch (DataPlaneUnreachableException e)
        {
            return [$"{step}, which does not answer now: {e.Message}"];
        }
    }

    private async Task<Submitted> HandedOverAsync(CustomResource resource, ResourceAnswer answer, CancellationToken cancellationToken)
    {
        (ResourceKind kind, ResourceKey key) = NamesOf(resource);
        ResourceStatusAnswer? status = await dataPlane.StatusAsync(kind, key, cancellationToken);
        _handedOver[resource.Metadata.Uid!] = (resource.Metadata.Generation, WishOf(resource));
        return new Submitted(answer, status, null);
    }

    private bool WasHandedOver(CustomResource resource) => _handedOver.TryGetValue(resource.Metadata.Uid!, out (long? Generation, string? Wish) handed) && handed == (resource.Metadata.Generation, WishOf(resource));

    /// <summary>Nothing of it has changed here since: a Secret that is not known here is looked for.</summary>
    private bool IsOf<TSpec, TStatus>(ResourceRevision revision, CustomResource<TSpec, TStatus> resource)
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new()
    {
        string[] names = [.. SecretReferences.Of(resource.Spec).Select(reference => reference.Name).Distinct(StringComparer.Ordinal)];
        return revision.Uid == resource.Metadata.Uid && revision.Generation == resource.Metadata.Generation && revision.Secrets.Count == names.Length
            && names.All(name => secrets.Find(new ResourceKey(resource.Metadata.Namespace ?? "", name))?.Metadata.ResourceVersion is { } version && revision.Secrets.GetValueOrDefault(name) == version);
    }

    private static string? WishOf(CustomResource resource) => resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.RequestedAt);

    private static Submitted Stopped(string reason, string gate, string message, bool isForGood) => new(null, null, new Obstacle(reason, gate, message, isForGood));

    private static (ResourceKind Kind, ResourceKey Key) NamesOf(CustomResource resource) =>
        (ResourceKinds.Find(resource.Kind)!, new ResourceKey(resource.Metadata.Namespace ?? "", resource.Metadata.Name));
}
