using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Work;

/// <summary>What came of a change.</summary>
internal abstract record CaseOutcome
{
    internal sealed record Done(CaseRow Row, Guid LeafId) : CaseOutcome;

    internal sealed record Unknown : CaseOutcome;

    /// <summary>It was changed since the version that was named.</summary>
    internal sealed record Stale(long Version) : CaseOutcome;

    internal sealed record Locked(string By, DateTimeOffset Until) : CaseOutcome;

    internal sealed record Refused(string Why) : CaseOutcome;

    internal sealed record Busy : CaseOutcome;
}

/// <summary>A change before its commit.</summary>
/// <param name="Acts">Its acts, in the order of the leaves that it wants.</param>
/// <param name="Labels">Whether it labels transactions, so that two at once may meet.</param>
/// <param name="WriteAsync">Writes its rows; false where the case was changed meanwhile.</param>
internal sealed record ReadyCaseChange(IReadOnlyList<AuditAct> Acts, bool Labels, Func<IWriteSession, IReadOnlyList<Guid>, CancellationToken, Task<bool>> WriteAsync);

/// <summary>Whether a change can be made.</summary>
internal abstract record CasePreparation
{
    internal sealed record Ready(ReadyCaseChange Change) : CasePreparation;

    internal sealed record Impossible(string Why) : CasePreparation;
}

/// <summary>
/// Does to cases what people want: from the version that they saw, and only where nobody else holds the case. Case, activity, leaf, and whatever follows (labels, an entry of the compliance log) are one
/// commit; of two at once one is first, the other hears that it is late.
/// </summary>
internal sealed class CaseActions(IDatabase database, AuditedCommit commit, LabelWriter labels)
{
    private const int Rounds = 20;

    /// <param name="id">Which case.</param>
    /// <param name="version">The version that was seen; null: whichever there is.</param>
    /// <param name="actor">Who.</param>
    /// <param name="change">What.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<CaseOutcome> DoAsync(Guid id, long? version, string actor, CaseChange change, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            DateTimeOffset now = commit.Now();
            if (await FindAsync(id, cancellationToken) is not { } row)
            {
                return new CaseOutcome.Unknown();
            }

            if (await RefuseAsync(row, version, actor, change, now, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (await TryAsync(row, actor, change, now, cancellationToken) is { } leaf)
            {
                return new CaseOutcome.Done((await FindAsync(id, cancellationToken))!, leaf);
            }
        }

        return new CaseOutcome.Busy();
    }

    /// <summary>The same for whoever commits it together with something else. People agreed to it by name, so nobody's lock stands in the way.</summary>
    public async Task<CasePreparation> PrepareAsync(Guid id, string actor, CaseChange change, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (await FindAsync(id, cancellationToken) is not { } row)
        {
            return new CasePreparation.Impossible("The case is not there any more.");
        }

        return WhyNot(row, change, now) is { } problem ? new CasePreparation.Impossible(problem) : new CasePreparation.Ready(await MakeAsync(row, actor, change, now, cancellationToken));
    }

    public async Task<CaseRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Cases.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    private async Task<CaseOutcome?> RefuseAsync(CaseRow row, long? version, string actor, CaseChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (change.NeedsLock && row.HolderAt(now) is { } holder && holder != actor)
        {
            return new CaseOutcome.Locked(holder, row.LockedUntil!.Value);
        }

        if (version is { } seen && seen != row.Version)
        {
            return new CaseOutcome.Stale(row.Version);
        }

        if (WhyNot(row, change, now) is { } problem)
        {
            return new CaseOutcome.Refused(problem);
        }

        return change is CaseChange.Resolve { DuplicateOf: { } other } && (await FindAsync(other, cancellationToken))?.Namespace != row.Namespace
            ? new CaseOutcome.Refused("duplicateOf names no case of this namespace.")
            : null;
    }

    private static string? WhyNot(CaseRow row, CaseChange change, DateTimeOffset now) =>
        row.Status == CaseStatus.Resolved && !change.OnResolved ? $"The case is resolved ({row.Outcome}): reopen it first." : change.Problem(row, now);

    private async Task<Guid?> TryAsync(CaseRow row, string actor, CaseChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ReadyCaseChange ready = await MakeAsync(row, actor, change, now, cancellationToken);
        try
        {
            IReadOnlyList<Guid>? leaves = await commit.WriteAsync(ready.Acts, ready.WriteAsync, cancellationToken);
            return leaves?[0];
        }
        catch (DbUpdateException) when (ready.Labels && !cancellationToken.IsCancellationRequested)
        {
            return null; // somebody labelled one of the transactions at this moment
        }
    }

    private async Task<ReadyCaseChange> MakeAsync(CaseRow row, string actor, CaseChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        CaseStep step = change.Apply(row, actor, now);
        CaseActivityRow activity = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = row.Namespace,
            CaseId = row.Id,
            Kind = change.Kind,
            Actor = actor,
            At = now,
            OldValue = step.OldValue,
            NewValue = step.NewValue,
            Comment = step.Comment,
        };
        PreparedLabels words = await LabelsAsync(row, actor, change, now, cancellationToken);
        ComplianceEntryRow? entry = change is CaseChange.Resolve resolved ? EntryOf(row, resolved, actor, now) : null;
        AuditAct[] acts = [activity.Act(row.Account), .. words.Acts, .. entry is null ? [] : (AuditAct[])[entry.Act()]];
        return new ReadyCaseChange(acts, words.Rows.Count > 0, async (session, ids, cancel) =>
        {
            await using FinObsDbContext db = await session.OpenContextAsync(cancel);
            if (!await SwapAsync(db, row, step.After with { UpdatedAt = now }, cancel))
            {
                return false;
            }

            db.Add(activity with { LeafId = ids[0] });
            if (entry is not null)
            {
                db.Add(entry with { LeafId = ids[^1] });
            }

            await words.WriteAsync(db, [.. ids.Skip(1)], cancel);
            return true;
        });
    }

    /// <summary>What a resolution says of the transactions; a reopened case takes back what it said, where nobody has said anything since.</summary>
    private async Task<PreparedLabels> LabelsAsync(CaseRow row, string actor, CaseChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        TransactionLabel? label = change switch
        {
            CaseChange.Resolve { Outcome: CaseOutcomes.ConfirmedFraud } => TransactionLabel.Fraud,
            CaseChange.Resolve { Outcome: CaseOutcomes.Legitimate } => TransactionLabel.Legitimate,
            CaseChange.Reopen => TransactionLabel.Withdrawn,
            _ => null,
        };
        if (label is null)
        {
            return PreparedLabels.None;
        }

        List<LabelTarget> targets;
        await using (FinObsDbContext db = database.CreateContext())
        {
            IQueryable<CaseTransactionRow> its = db.CaseTransactions.Where(one => one.CaseId == row.Id);
            IQueryable<TransactionLabelRow> ours = db.TransactionLabels.Where(one => one.Origin == row.Id);
            its = label == TransactionLabel.Withdrawn ? its.Where(one => ours.Any(word => word.TransactionRef == one.TransactionRef)) : its;
            targets = await its.Join(db.Transactions, one => one.TransactionRef, transaction => transaction.Id, (one, transaction) => new { transaction.Id, transaction.AccountId })
                .OrderBy(one => one.Id).Select(one => new LabelTarget(one.Id, one.AccountId)).ToListAsync(cancellationToken);
        }

        return await labels.PrepareAsync(row.Namespace, targets, label.Value, LabelSources.Case, actor, row.Id, now, cancellationToken);
    }

    private static ComplianceEntryRow EntryOf(CaseRow row, CaseChange.Resolve resolved, string actor, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Namespace = row.Namespace,
        EventType = ComplianceKinds.CaseResolved,
        Severity = row.Severity,
        Description = $"{row.Name} was resolved: {resolved.Outcome}.",
        EntityType = "case",
        EntityId = row.Id.ToString(),
        CreatedBy = actor,
        CreatedAt = now,
        Resolved = false,
    };

    private static async Task<bool> SwapAsync(FinObsDbContext db, CaseRow before, CaseRow after, CancellationToken cancellationToken)
    {
        long next = before.Version + 1;

        // What was added by itself meanwhile is no change of a person's; but labels must reach every transaction, so it is looked at again.
        return await db.Cases.Where(row => row.Id == before.Id && row.Version == before.Version && row.Transactions == before.Transactions).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Version, next)
                .SetProperty(row => row.Title, after.Title)
                .SetProperty(row => row.Severity, after.Severity)
                .SetProperty(row => row.Priority, after.Priority)
                .SetProperty(row => row.Status, after.Status)
                .SetProperty(row => row.OpenKey, after.OpenKey)
                .SetProperty(row => row.Desk, after.Desk)
                .SetProperty(row => row.Trader, after.Trader)
                .SetProperty(row => row.RootCause, after.RootCause)
                .SetProperty(row => row.DetectionMethod, after.DetectionMethod)
                .SetProperty(row => row.AssignedTo, after.AssignedTo)
                .SetProperty(row => row.UpdatedAt, after.UpdatedAt)
                .SetProperty(row => row.DueAt, after.DueAt)
                .SetProperty(row => row.DueByHand, after.DueByHand)
                .SetProperty(row => row.SnoozedUntil, after.SnoozedUntil)
                .SetProperty(row => row.EscalatedAt, after.EscalatedAt)
                .SetProperty(row => row.ResolvedAt, after.ResolvedAt)
                .SetProperty(row => row.ResolvedBy, after.ResolvedBy)
                .SetProperty(row => row.Outcome, after.Outcome)
                .SetProperty(row => row.Notes, after.Notes)
                .SetProperty(row => row.DuplicateOf, after.DuplicateOf)
                .SetProperty(row => row.LockedBy, after.LockedBy)
                .SetProperty(row => row.LockedUntil, after.LockedUntil),
            cancellationToken) == 1;
    }
}
