using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Feedback;

/// <summary>What somebody found out.</summary>
internal sealed record GivenFeedback(Guid DecisionId, TransactionLabel Actual, string? Notes, string Source, string By);

/// <summary>Takes in what transactions turned out to be: the word, its leaf, and the label that holds from then on, in one commit.</summary>
internal sealed class DecisionFeedback(IDatabase database, StoredTransactions stored, AuditedCommit commit, LabelWriter labels)
{
    /// <summary>Whoever labels the same transaction at the same moment and is late, looks again.</summary>
    private const int Rounds = 20;

    /// <summary>The row as written; null where there is no such decision.</summary>
    public async Task<FeedbackRow?> GiveAsync(GivenFeedback given, CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = await stored.FindAsync([given.DecisionId], cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        for (int round = 1; ; round++)
        {
            try
            {
                return await WriteAsync(given, found[0], cancellationToken);
            }
            catch (DbUpdateException) when (round < Rounds)
            {
                // The number of the label was taken.
            }
        }
    }

    /// <summary>A page, newest first.</summary>
    public async Task<List<FeedbackRow>> PageAsync(string @namespace, Guid? decision, TransactionLabel? actual, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.DecisionFeedback
            .Where(row => row.Namespace == @namespace && (decision == null || row.DecisionId == decision) && (actual == null || row.Actual == actual) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    private async Task<FeedbackRow> WriteAsync(GivenFeedback given, StoredTransaction about, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        FeedbackRow row = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = about.Transaction.Namespace,
            DecisionId = given.DecisionId,
            Decided = about.Decision.Decision,
            Actual = given.Actual,
            Notes = given.Notes,
            Source = given.Source,
            By = given.By,
            At = now,
        };
        PreparedLabels words = await labels.PrepareAsync(
            row.Namespace, [new LabelTarget(about.Transaction.Id, about.Transaction.AccountId)], given.Actual, LabelSources.Feedback, given.By, row.Id, now, cancellationToken);
        IReadOnlyList<Guid>? leaves = await commit.WriteAsync(
            [row.Act(about.Transaction.AccountId), .. words.Acts],
            async (session, ids, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row with { LeafId = ids[0] });
                await words.WriteAsync(db, [.. ids.Skip(1)], cancel);
                return true;
            },
            cancellationToken);
        return row with { LeafId = leaves![0] };
    }
}
