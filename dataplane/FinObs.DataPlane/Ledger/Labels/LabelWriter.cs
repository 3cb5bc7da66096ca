using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Ledger.Labels;

/// <summary>A transaction to be labelled, and whose it is.</summary>
internal sealed record LabelTarget(Guid TransactionRef, string? Account);

/// <summary>Labels that are ready to be written: acts for <see cref="AuditedCommit"/>, and rows for its session.</summary>
/// <param name="Rows">In the order of <paramref name="Acts"/>.</param>
/// <param name="Acts">One a label, about its transaction.</param>
internal sealed record PreparedLabels(IReadOnlyList<LabelHistoryRow> Rows, IReadOnlyList<AuditAct> Acts)
{
    public static readonly PreparedLabels None = new([], []);

    /// <summary>Writes history and current labels. Two who label one transaction at once: the second fails, and its commit with it; whoever calls prepares again.</summary>
    /// <exception cref="DbUpdateException">Somebody was faster.</exception>
    public async Task WriteAsync(FinObsDbContext db, IReadOnlyList<Guid> leaves, CancellationToken cancellationToken)
    {
        Guid[] labelled = [.. Rows.Select(row => row.TransactionRef)];
        db.AddRange(Rows.Select((row, i) => row with { LeafId = leaves[i] }));
        foreach (Guid[] part in labelled.Chunk(LabelWriter.IdsPerQuery))
        {
            await db.TransactionLabels.Where(row => part.Contains(row.TransactionRef)).ExecuteDeleteAsync(cancellationToken);
        }

        db.AddRange(Rows.Where(row => row.Label != TransactionLabel.Withdrawn).Select(row => new TransactionLabelRow
        {
            TransactionRef = row.TransactionRef,
            Namespace = row.Namespace,
            Revision = row.Revision,
            Label = row.Label,
            Source = row.Source,
            At = row.At,
            Origin = row.Origin,
        }));
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>Prepares labels, whoever gives them: a case that is resolved, or feedback on a decision.</summary>
internal sealed class LabelWriter(IDatabase database)
{
    public const string Kind = "transaction.labelled";
    public const int IdsPerQuery = 500;

    /// <summary>The next word on each of these transactions.</summary>
    /// <param name="namespace">Theirs.</param>
    /// <param name="targets">Which.</param>
    /// <param name="label">What they turned out to be.</param>
    /// <param name="source">Of <see cref="LabelSources"/>.</param>
    /// <param name="by">Actor.</param>
    /// <param name="origin">Case or feedback.</param>
    /// <param name="at">When, in whole microseconds.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<PreparedLabels> PrepareAsync(
        string @namespace, IReadOnlyList<LabelTarget> targets, TransactionLabel label, string source, string by, Guid? origin, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Dictionary<Guid, int> revisions = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid[] part in targets.Select(target => target.TransactionRef).Chunk(IdsPerQuery))
        {
            var found = await db.LabelHistory.Where(row => part.Contains(row.TransactionRef)).GroupBy(row => row.TransactionRef)
                .Select(group => new { group.Key, Last = group.Max(row => row.Revision) }).ToListAsync(cancellationToken);
            found.ForEach(one => revisions[one.Key] = one.Last);
        }

        List<LabelHistoryRow> rows = [];
        List<AuditAct> acts = [];
        foreach (LabelTarget target in targets)
        {
            LabelHistoryRow row = new()
            {
                Id = Guid.CreateVersion7(at),
                Namespace = @namespace,
                TransactionRef = target.TransactionRef,
                Revision = revisions.GetValueOrDefault(target.TransactionRef) + 1,
                Label = label,
                Source = source,
                By = by,
                At = at,
                Origin = origin,
            };
            rows.Add(row);
            acts.Add(new AuditAct { Namespace = @namespace, Kind = Kind, At = at, Actor = by, Subject = target.Account, Ref = row.Id, About = target.TransactionRef, Payload = row.Payload() });
        }

        return new PreparedLabels(rows, acts);
    }
}
