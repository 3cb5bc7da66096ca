using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Feedback;

/// <summary>How many labelled transactions there are of each decision of record.</summary>
internal sealed record LabelCounts(IReadOnlyDictionary<(Decision Decided, TransactionLabel Actual), long> Cells)
{
    public long Labelled => Cells.Values.Sum();

    public long Of(Decision decided, TransactionLabel actual) => Cells.GetValueOrDefault((decided, actual));

    public long Of(TransactionLabel actual) => Cells.Where(cell => cell.Key.Actual == actual).Sum(cell => cell.Value);

    /// <summary>As a test that says "fraud" from this decision on.</summary>
    public TwoByTwo From(Decision least) => new(
        Cells.Where(cell => cell.Key.Decided >= least && cell.Key.Actual == TransactionLabel.Fraud).Sum(cell => cell.Value),
        Cells.Where(cell => cell.Key.Decided >= least && cell.Key.Actual == TransactionLabel.Legitimate).Sum(cell => cell.Value),
        Cells.Where(cell => cell.Key.Decided < least && cell.Key.Actual == TransactionLabel.Fraud).Sum(cell => cell.Value),
        Cells.Where(cell => cell.Key.Decided < least && cell.Key.Actual == TransactionLabel.Legitimate).Sum(cell => cell.Value));
}

/// <summary>The four counts of a test against the truth. A figure without a denominator is null, never 0.</summary>
/// <param name="TruePositives">Flagged, and fraud.</param>
/// <param name="FalsePositives">Flagged, and legitimate.</param>
/// <param name="FalseNegatives">Let go, and fraud.</param>
/// <param name="TrueNegatives">Let go, and legitimate.</param>
internal sealed record TwoByTwo(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    public double? Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    public double? Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    public double? FalsePositiveRate => Ratio(FalsePositives, FalsePositives + TrueNegatives);

    public double? Accuracy => Ratio(TruePositives + TrueNegatives, TruePositives + FalsePositives + FalseNegatives + TrueNegatives);

    /// <summary>Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).</summary>
    public double? F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}

/// <summary>One band of scores.</summary>
/// <param name="Band">Place in <see cref="RealisedPerformance.Edges"/>.</param>
/// <param name="Labelled">Labelled transactions in it.</param>
/// <param name="Fraud">Fraud among them.</param>
/// <param name="AverageScore">Of them.</param>
internal sealed record ScoreBand(int Band, long Labelled, long Fraud, double AverageScore);

/// <summary>
/// Decisions of record against the labels that hold now. Only labelled transactions are counted: nothing is assumed of the others. An override does not change what the system decided, so it does not change these figures but
/// by the label that it brings.
/// </summary>
internal sealed class RealisedPerformance(IDatabase database)
{
    /// <summary>Lower edges of the bands. A score is a quantile, so most that matters happens above 0.9.</summary>
    public static readonly double[] Edges = [0, 0.5, 0.9, 0.95, 0.99, 0.995, 0.999];

    /// <param name="namespace">Tenant.</param>
    /// <param name="from">Received at or after.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<LabelCounts> CountAsync(string @namespace, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var cells = await Labelled(db, @namespace, from)
            .GroupBy(row => new { row.Decided, row.Actual })
            .Select(group => new { group.Key.Decided, group.Key.Actual, Count = group.LongCount() })
            .ToListAsync(cancellationToken);
        return new LabelCounts(cells.ToDictionary(cell => (cell.Decided, cell.Actual), cell => cell.Count));
    }

    /// <summary>Bands that have labelled transactions, the lowest first.</summary>
    public async Task<List<ScoreBand>> BandsAsync(string @namespace, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var bands = await Labelled(db, @namespace, from)
            .Where(row => row.Score != null)
            .Select(row => new
            {
                Band = row.Score < 0.5 ? 0 : row.Score < 0.9 ? 1 : row.Score < 0.95 ? 2 : row.Score < 0.99 ? 3 : row.Score < 0.995 ? 4 : row.Score < 0.999 ? 5 : 6,
                Score = row.Score!.Value,
                IsFraud = row.Actual == TransactionLabel.Fraud ? 1 : 0,
            })
            .GroupBy(row => row.Band)
            .Select(group => new { group.Key, Labelled = group.LongCount(), Fraud = group.Sum(row => row.IsFraud), Average = group.Average(row => row.Score) })
            .OrderBy(band => band.Key)
            .ToListAsync(cancellationToken);
        return [.. bands.Select(band => new ScoreBand(band.Key, band.Labelled, band.Fraud, band.Average))];
    }

    /// <summary>Ids begin with their time, so a range of days is a range of keys.</summary>
    private static IQueryable<LabelledDecision> Labelled(FinObsDbContext db, string @namespace, DateTimeOffset from)
    {
        Guid first = Partitions.FirstIdAt(from);
        return from label in db.TransactionLabels
               join decision in db.Decisions on label.TransactionRef equals decision.Id
               where label.Namespace == @namespace && label.TransactionRef >= first && decision.Id >= first
               select new LabelledDecision { Decided = decision.Decision, Actual = label.Label, Score = decision.Score };
    }

    private sealed class LabelledDecision
    {
        public Decision Decided { get; init; }

        public TransactionLabel Actual { get; init; }

        public double? Score { get; init; }
    }
}
