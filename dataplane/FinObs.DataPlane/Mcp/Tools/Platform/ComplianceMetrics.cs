using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Mcp.Tools.Platform;

/// <summary>What was decided of late, and how sure it was.</summary>
/// <param name="TotalTransactions">Decided in the whole hours since <paramref name="Since"/> and the one under way; a few seconds behind.</param>
/// <param name="Approved">Of them.</param>
/// <param name="Blocked">Of them.</param>
/// <param name="ManualReview">Of them.</param>
/// <param name="ApprovalRate">Share, 0..1; null where there are none.</param>
/// <param name="BlockRate">Share.</param>
/// <param name="ManualReviewRate">Share.</param>
/// <param name="AvgConfidence">Of the newest decisions, 0..100: how far scores lie from the nearest threshold; null where there are none.</param>
/// <param name="ConfidencePercentiles">Of the same.</param>
/// <param name="SampleCount">How many decisions these were: the newest, at most 1,000.</param>
/// <param name="Since">Counted from then on.</param>
/// <param name="LastReset">Null: counts are of stored decisions and nobody can reset them.</param>
/// <param name="Storage">Where they are.</param>
/// <param name="Model">What decides now; null where nothing does.</param>
internal sealed record ComplianceMetricsAnswer(
    long TotalTransactions, long Approved, long Blocked, long ManualReview, double? ApprovalRate, double? BlockRate, double? ManualReviewRate, double? AvgConfidence, ConfidencePercentiles? ConfidencePercentiles, int SampleCount,
    DateTimeOffset Since, DateTimeOffset? LastReset, string Storage, DecidingModel? Model);

internal sealed record ConfidencePercentiles(double P50, double P90, double P99);

internal sealed record DecidingModel(string Model, string Version, string Digest, double ReviewAt, double BlockAt);

/// <summary>Counts by the hour, and a sample of the newest decisions.</summary>
internal sealed class ComplianceMetrics(IDatabase database, EngineDirectory engines, ModelRouter router, TimeProvider time)
{
    private const int Sample = 1_000;

    public async Task<ComplianceMetricsAnswer> ReadAsync(string @namespace, TimeSpan back, CancellationToken cancellationToken)
    {
        DateTimeOffset since = WindowBuckets.HourOf(time.GetUtcNow() - back);
        await using FinObsDbContext db = database.CreateContext();
        var sum = await db.WindowHours.Where(row => row.Namespace == @namespace && row.Role == WindowRole.Decided && row.Start >= since).GroupBy(_ => 1)
            .Select(all => new { Approved = all.Sum(row => row.Approved), Review = all.Sum(row => row.Review), Blocked = all.Sum(row => row.Blocked) }).FirstOrDefaultAsync(cancellationToken);
        DecisionKinds kinds = sum is null ? default : new DecisionKinds(sum.Approved, sum.Review, sum.Blocked);
        double[] confidences = await ConfidencesAsync(db, @namespace, Partitions.FirstIdAt(since), cancellationToken);
        return new ComplianceMetricsAnswer(
            kinds.Rows, kinds.Approved, kinds.Blocked, kinds.Review, Share(kinds.Approved, kinds.Rows), Share(kinds.Blocked, kinds.Rows), Share(kinds.Review, kinds.Rows),
            confidences.Length == 0 ? null : Math.Round(confidences.Average(), 2),
            confidences.Length == 0 ? null : new ConfidencePercentiles(At(confidences, 0.5), At(confidences, 0.9), At(confidences, 0.99)),
            confidences.Length, since, null, database.Kind == DatabaseKind.PostgreSql ? "postgresql" : "sqlite",
            router.Route(@namespace) is { } model ? Of(model.Identity) : null);
    }

    private static DecidingModel Of(EngineIdentity engine) => new(engine.Model, engine.Version, engine.Digest, engine.Thresholds.ReviewAt, engine.Thresholds.BlockAt);

    /// <summary>In rising order.</summary>
    private async Task<double[]> ConfidencesAsync(FinObsDbContext db, string @namespace, Guid first, CancellationToken cancellationToken)
    {
        var newest = await db.Decisions.Where(row => row.Namespace == @namespace && row.Id >= first && row.Score != null).OrderByDescending(row => row.Id).Take(Sample)
            .Select(row => new { row.Score, row.EngineId }).ToListAsync(cancellationToken);
        List<double> confidences = new(newest.Count);
        foreach (var one in newest)
        {
            if (await engines.FindAsync(one.EngineId, cancellationToken) is { } engine)
            {
                confidences.Add(MonitorConfidence.Of(one.Score!.Value, engine.Thresholds));
            }
        }

        confidences.Sort();
        return [.. confidences];
    }

    private static double? Share(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 6);

    /// <summary>Nearest rank.</summary>
    private static double At(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
