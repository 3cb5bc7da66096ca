using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Explanation;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>
/// Decisions that were flagged for like reasons: the newest flagged ones by the same engine whose explanations point the same way (cosine of the contributions). What became of them says more than the score.
/// </summary>
internal sealed class SimilarDecisions(IDatabase database)
{
    /// <summary>How far back is looked: explanations are 500 bytes each.</summary>
    private const int MostCompared = 1_000;

    private const int MostShown = 6;

    /// <summary>Less alike than this is not alike.</summary>
    private const double Least = 0.8;

    public async Task<IReadOnlyList<SimilarDecision>> OfAsync(StoredTransaction to, CancellationToken cancellationToken)
    {
        if (to.Decision.Explanation is not { } bytes || to.Decision.EngineId is not { } engine || ExplanationBytes.Read(bytes) is not { Method: ExplanationMethod.TreeShapExact } own)
        {
            return [];
        }

        (string name, Guid id) = (to.Decision.Namespace, to.Decision.Id);
        await using FinObsDbContext db = database.CreateContext();
        var flagged = await db.Decisions
            .Where(row => row.Namespace == name && row.Decision != Decision.Approve && row.Id < id && row.EngineId == engine && row.Explanation != null)
            .OrderByDescending(row => row.Id).Take(MostCompared).Select(row => new { row.Id, row.Explanation }).ToListAsync(cancellationToken);
        var alike = flagged.Select(row => (row.Id, Cosine: Cosine(own.Contributions, ExplanationBytes.Read(row.Explanation!).Contributions))).Where(one => one.Cosine >= Least)
            .OrderByDescending(one => one.Cosine).Take(MostShown).ToDictionary(one => one.Id, one => one.Cosine);
        Guid[] ids = [.. alike.Keys];
        List<StoredTransaction> rows = await StoredTransactions.Joined(db).Where(row => EF.Parameter(ids).Contains(row.Transaction.Id)).ToListAsync(cancellationToken);
        Dictionary<Guid, TransactionLabel> labels = await db.TransactionLabels.Where(row => EF.Parameter(ids).Contains(row.TransactionRef)).ToDictionaryAsync(row => row.TransactionRef, row => row.Label, cancellationToken);
        return
        [
            .. rows.Select(row => new SimilarDecision(
                    row.Transaction.Id, row.Decision.DecidedAt, row.Decision.Decision, row.Decision.Score, row.Transaction.Amount, row.Transaction.Currency, row.Transaction.Type, alike[row.Transaction.Id],
                    labels.TryGetValue(row.Transaction.Id, out TransactionLabel label) && label != TransactionLabel.Withdrawn ? label.ToString() : null))
                .OrderByDescending(one => one.Alike),
        ];
    }

    /// <summary>Of two vectors of the same length; 0 where one is nothing.</summary>
    internal static double Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
        {
            return 0;
        }

        double dot = 0, lengthOfA = 0, lengthOfB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += a[i] * b[i];
            lengthOfA += a[i] * a[i];
            lengthOfB += b[i] * b[i];
        }

        return lengthOfA == 0 || lengthOfB == 0 ? 0 : dot / Math.Sqrt(lengthOfA * lengthOfB);
    }
}
