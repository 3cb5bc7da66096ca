using System.Diagnostics;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources;

/// <summary>
/// The one way by which a resource comes into force, changes and goes. A change, its row of the history and its audit leaf are one commit; two replicas
/// that change the same one at once find out, and the later of the two begins again.
/// </summary>
internal sealed class ResourceDoor(IDatabase database, ResourceCommit commit, ResourceCatalogue catalogue, ResourceDrain drain, ChangeSignal changes, TimeProvider time)
{
    /// <summary>Each loss means that somebody else got on; so many in a row are no accident.</summary>
    private const int MostAttempts = 8;

    /// <summary>Brings it into force, where it may come.</summary>
    /// <param name="key">What it is called.</param>
    /// <param name="submission">What was sent; who made the change is in it as its sender says.</param>
    /// <param name="caller">Who sent it, as sign-in says; null = nobody has to say.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<DoorOutcome> ApplyAsync(ResourceKey key, ResourceSubmission submission, string? caller, CancellationToken cancellationToken) =>
        UntilUncontendedAsync(key, () => TryApplyAsync(key, submission, caller, cancellationToken));

    /// <summary>Says that it is to go, and drains it; it may take longer than this call.</summary>
    /// <param name="key">Which.</param>
    /// <param name="owner">Whose it must be; none = that of whoever has named the uid.</param>
    /// <param name="uid">Which object of this name; none = whichever is there.</param>
    /// <param name="caller">Who asks, as sign-in says; null = nobody has to say.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<DoorOutcome> DeleteAsync(ResourceKey key, ResourceOwner? owner, string? uid, string? caller, CancellationToken cancellationToken)
    {
        DoorOutcome outcome = await UntilUncontendedAsync(key, () => TryMarkAsync(key, owner, uid, caller, cancellationToken));
        if (outcome is not DoorOutcome.Draining { Resource: var resource })
        {
            return outcome;
        }

        // Handlers look at the catalogue: it has to say first that this one is to go.
        await PublishAsync(cancellationToken);
        if (!await drain.TryAsync(resource, cancellationToken) && await FindAsync(key, cancellationToken) is not null)
        {
            return outcome;
        }

        // Drained by this call, or by the worker that heard of it at the same time.
        await PublishAsync(cancellationToken);
        return new DoorOutcome.Gone(resource);
    }

    private static async Task<DoorOutcome> UntilUncontendedAsync(ResourceKey key, Func<Task<DoorOutcome?>> attempt)
    {
        for (int i = 0; i < MostAttempts; i++)
        {
            if (await attempt() is { } outcome)
            {
                return outcome;
            }
        }

        return new DoorOutcome.Refused(RefusalCodes.Contended, $"{key} is being changed by many at once: try again.");
    }

    /// <summary>Null where somebody else was faster.</summary>
    private async Task<DoorOutcome?> TryApplyAsync(ResourceKey key, ResourceSubmission submission, string? caller, CancellationToken cancellationToken)
    {
        ResourceRow? inForce = await FindAsync(key, cancellationToken);
        if (RevisionRules.Forbidden(inForce, submission.ManagedBy) is { } forbidden)
        {
            return forbidden;
        }

        bool isSameObject = inForce is not null && (submission.ManagedBy != ResourceOwner.Operator || inForce.Uid == submission.Uid);
        (ReadSubmission? read, IReadOnlyList<FieldError> errors) = SubmissionReader.Read(key, submission, isSameObject ? StoredResource.TryOf(inForce)?.Resource : null);
        if (read is null)
        {
            return new DoorOutcome.Invalid(errors);
        }

        DateTimeOffset now = Now();
        bool isOfThePast = submission.Uid is not null && !isSameObject && await WasThereAsync(key, submission.Uid, cancellationToken);
        switch (RevisionRules.Judge(inForce, read, isOfThePast, now))
        {
            case RevisionVerdict.Not { Refusal: var refusal }:
                return refusal;
            case RevisionVerdict.Next next:
                ResourceRow row = Row(key, read, next, caller, now) with { Version = await NextVersionAsync(inForce, key, cancellationToken) };
                if (await commit.WriteAsync(inForce, row, ResourceActs.Applied, caller ?? WayOf(submission.ManagedBy), read.Secrets, cancellationToken) is not { } written)
                {
                    return null;
                }

                await PublishAsync(cancellationToken);
                return new DoorOutcome.Applied(StoredResource.Of(written), inForce is null ? ResourceChange.Created : ResourceChange.Updated);
            default:
                return new DoorOutcome.Applied(StoredResource.Of(inForce!), ResourceChange.Unchanged);
        }
    }

    private async Task<DoorOutcome?> TryMarkAsync(ResourceKey key, ResourceOwner? owner, string? uid, string? caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } inForce)
        {
            return new DoorOutcome.NotFound();
        }

        bool isOwner = owner is { } its ? inForce.ManagedBy == its : uid is not null && inForce.ManagedBy != ResourceOwner.Files;
        if (!isOwner)
        {
            return new DoorOutcome.Refused(RefusalCodes.OwnedByAnother, RevisionRules.OwnedBy(inForce));
        }

        if (uid is not null && inForce.Uid != uid)
        {
            return new DoorOutcome.Refused(RefusalCodes.Stale, $"The object with uid {uid} is not there any more: uid {inForce.Uid} has its name. It stays.");
        }

        if (inForce.Deleting)
        {
            return new DoorOutcome.Draining(StoredResource.Of(inForce));
        }

        ResourceRow marked = inForce with
        {
            Deleting = true,
            Version = inForce.Version + 1,
            ChangedAt = Now(),
            ChangedBy = null,
            ChangeReason = null,
            Traceparent = Activity.Current?.Id,
        };
        return await commit.WriteAsync(inForce, marked, ResourceActs.Deleted, caller ?? WayOf(inForce.ManagedBy), secrets: null, cancellationToken) is { } written
            ? new DoorOutcome.Draining(StoredResource.Of(written))
            : null;
    }

    /// <summary>A person at the door is who made the change, whatever is said: by this name whoever asked is left out where others have to agree. A program may say on whose behalf it comes.</summary>
    private static string? ChangedBy(ResourceSubmission submission, string? caller) =>
        submission.ManagedBy != ResourceOwner.Api || caller is null ? submission.ChangedBy
        : caller.StartsWith(Caller.PersonPrefix, StringComparison.Ordinal) ? caller
        : submission.ChangedBy ?? caller;

    private static ResourceRow Row(ResourceKey key, ReadSubmission read, RevisionVerdict.Next next, string? caller, DateTimeOffset now) => new()
    {
        Namespace = key.Namespace,
        Kind = key.Kind,
        Name = key.Name,
        Uid = next.Uid,
        Generation = next.Generation,
        CreatedAt = Microseconds(next.CreatedAt),
        Spec = read.Spec.Text,
        SpecHash = read.Spec.Hash,
        SecretVersions = read.SecretVersions,
        Labels = read.Labels,
        ManagedBy = read.Submission.ManagedBy,
        ChangedBy = ChangedBy(read.Submission, caller),
        ChangeReason = read.Submission.ChangeReason,
        ChangedAt = now,
        LeafId = Guid.Empty,
        Traceparent = Activity.Current?.Id,
        Version = 1,
    };

    private async Task<ResourceRow?> FindAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Resources.FirstOrDefaultAsync(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name, cancellationToken);
    }

    /// <summary>The numbers go on where an object of this name was before, so that no number is given twice.</summary>
    private async Task<long> NextVersionAsync(ResourceRow? inForce, ResourceKey key, CancellationToken cancellationToken)
    {
        if (inForce is not null)
        {
            return inForce.Version + 1;
        }

        await using FinObsDbContext db = database.CreateContext();
        return 1 + (await db.ResourceHistory.Where(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name).MaxAsync(row => (long?)row.Revision, cancellationToken) ?? 0);
    }

    private async Task<bool> WasThereAsync(ResourceKey key, string uid, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ResourceHistory.AnyAsync(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name && row.Uid == uid, cancellationToken);
    }

    /// <summary>After a commit: this replica sees it at once, and works on it.</summary>
    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        await catalogue.RefreshAsync(cancellationToken);
        changes.Raise();
    }

    private static string WayOf(ResourceOwner owner) => $"resources:{owner.ToString().ToLowerInvariant()}";

    private DateTimeOffset Now() => Microseconds(time.GetUtcNow());

    /// <summary>As the databases keep it, so that a row read back is the row written.</summary>
    private static DateTimeOffset Microseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % (TimeSpan.TicksPerMillisecond / 1000)), TimeSpan.Zero);
}
