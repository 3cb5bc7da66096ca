using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Statistics;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>A figure over labelled transactions.</summary>
/// <param name="From">Received from then on.</param>
/// <param name="To">And before.</param>
/// <param name="Labelled">With a label.</param>
/// <param name="Hits">Numerator.</param>
/// <param name="Of">Denominator.</param>
internal sealed record LabelledFigure(DateTimeOffset From, DateTimeOffset To, int Labelled, int Hits, int Of)
{
    public double Value => Of == 0 ? double.NaN : Hits / (double)Of;
}

/// <summary>What the labels say of a version.</summary>
/// <param name="Metric">What was measured.</param>
/// <param name="Now">Of the last labels that are old enough.</param>
/// <param name="Before">Of as long before; null where it had too few.</param>
/// <param name="Verdict">What it means.</param>
internal sealed record PerformanceDrift(PerformanceMetric Metric, LabelledFigure Now, LabelledFigure? Before, FeatureVerdict Verdict)
{
    public const string Name = "performance";
}

/// <summary>Decisions of a version against labels that are old enough to be final: worse than the policy allows, or than as long before, and no chance.</summary>
internal sealed class LabelPerformance(IDatabase database)
{
    /// <summary>Bound on what is read; of more, the newest.</summary>
    private const int MostLabels = 100_000;

    /// <summary>From so much worse than before on it is a fall, where that is no chance.</summary>
    private const double LeastFall = 0.1;

    /// <summary>Labels of the <c>labelMaturity</c> before those that are too young; null, and why, where there are too few.</summary>
    public async Task<(PerformanceDrift? Drift, string? LeftOut)> JudgeAsync(string @namespace, DriftPolicySpec spec, long versionId, DateTimeOffset to, CancellationToken cancellationToken)
    {
        DriftPerformance wanted = spec.Performance ?? new DriftPerformance();
        TimeSpan length = wanted.LabelMaturity.Value > TimeSpan.FromDays(1) ? wanted.LabelMaturity.Value : TimeSpan.FromDays(1);
        DateTimeOffset end = to - wanted.LabelMaturity.Value;
        LabelledFigure now = await MeasureAsync(@namespace, versionId, wanted.Metric, end - length, end, cancellationToken);
        if (now.Labelled < wanted.MinLabelled || now.Of == 0)
        {
            return (null, FormattableString.Invariant(
                $"Performance: {now.Labelled} labelled transactions received from {now.From:u} to {now.To:u} ({now.Of} that {wanted.Metric} counts); performance.minLabelled is {wanted.MinLabelled}"));
        }

        LabelledFigure before = await MeasureAsync(@namespace, versionId, wanted.Metric, end - length - length, end - length, cancellationToken);
        return (Judge(wanted, (double)spec.Tests.Alpha, now, before.Labelled < wanted.MinLabelled || before.Of == 0 ? null : before), null);
    }

    /// <summary>Worse than the limit, or than before, where the exact binomial test or the chi-squared test says that it is no chance.</summary>
    public static PerformanceDrift Judge(DriftPerformance wanted, double alpha, LabelledFigure now, LabelledFigure? before)
    {
        bool lowIsGood = wanted.Metric == PerformanceMetric.FalsePositiveRate;
        double limit = (double)wanted.MinValue, sign = lowIsGood ? -1 : 1;
        double p = lowIsGood ? BinomialTest.Greater(now.Hits, now.Of, limit) : BinomialTest.Less(now.Hits, now.Of, limit);
        bool isWorse = sign * (limit - now.Value) > 0;
        bool fell = before is not null && sign * (before.Value - now.Value) >= LeastFall
            && ChiSquared.Independence(before.Hits, before.Of - before.Hits, now.Hits, now.Of - now.Hits, yates: true).PValue < alpha;
        FeatureDrift drift = new(
            PerformanceDrift.Name, false, now.Labelled, double.NaN, double.NaN, new DistanceBounds(double.NaN, double.NaN), double.NaN, double.NaN, p, 0, 0);
        bool drifts = (isWorse && p < alpha) || fell;
        return new PerformanceDrift(wanted.Metric, now, before, new FeatureVerdict(drift, wanted.Metric.ToString(), now.Value, limit, double.NaN, drifts, Warns: isWorse && !drifts));
    }

    private async Task<LabelledFigure> MeasureAsync(string @namespace, long versionId, PerformanceMetric metric, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Ids begin with their time, so a range of time is a range of keys.
        (Guid first, Guid end) = (Partitions.FirstIdAt(from), Partitions.FirstIdAt(to));
        await using FinObsDbContext db = database.CreateContext();
        List<Labelled> rows = await (
            from label in db.TransactionLabels
            join decision in db.Decisions on label.TransactionRef equals decision.Id
            join engine in db.ScoringEngines on decision.EngineId equals (long?)engine.Id
            where label.Namespace == @namespace && label.TransactionRef >= first && label.TransactionRef < end && decision.Id >= first && decision.Id < end && engine.ModelVersionId == versionId
            orderby label.TransactionRef descending
            select new Labelled(label.TransactionRef, decision.Decision, decision.Score, label.Label)).Take(MostLabels).ToListAsync(cancellationToken);
        (int hits, int of) = Count(metric, rows);
        return new LabelledFigure(from, to, rows.Count, hits, of);
    }

    private static (int Hits, int Of) Count(PerformanceMetric metric, List<Labelled> rows)
    {
        List<Labelled> counted = metric switch
        {
            PerformanceMetric.Recall => rows.FindAll(row => row.Label == TransactionLabel.Fraud),
            PerformanceMetric.FalsePositiveRate => rows.FindAll(row => row.Label == TransactionLabel.Legitimate),
            _ => [.. rows.OrderByDescending(row => row.Score ?? double.NegativeInfinity).ThenBy(row => row.Id).Take(rows.Count(IsFlagged))],
        };
        return (metric == PerformanceMetric.PrecisionAtK ? counted.Count(row => row.Label == TransactionLabel.Fraud) : counted.Count(IsFlagged), counted.Count);
    }

    private static bool IsFlagged(Labelled row) => row.Decision != Decision.Approve;

    private sealed record Labelled(Guid Id, Decision Decision, double? Score, TransactionLabel Label);
}
