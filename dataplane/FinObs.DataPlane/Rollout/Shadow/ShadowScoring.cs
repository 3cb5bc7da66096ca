using System.Diagnostics;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Rollout.Shadow;

/// <summary>Scores what was offered, and keeps the scores and their windows in one commit.</summary>
internal sealed class ShadowScoring(IDatabase database, VersionWindows windows, ShadowQueue queue, ILogger<ShadowScoring> logger)
{
    /// <summary>Rows that one commit takes.</summary>
    private const int MostRows = 5_000;

    /// <summary>All that waits; returns how many rows it was.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        int rows = 0;
        while (Next() is { Count: > 0 } batches)
        {
            foreach (IGrouping<string, ShadowBatch> own in batches.GroupBy(batch => batch.Namespace))
            {
                await ScoreAsync(own.Key, [.. own], cancellationToken);
            }

            rows += batches.Sum(batch => batch.Items.Length);
        }

        return rows;
    }

    private List<ShadowBatch> Next()
    {
        List<ShadowBatch> batches = [];
        int rows = 0;
        while (rows < MostRows && queue.Reader.TryRead(out ShadowBatch? batch))
        {
            queue.Taken(batch);
            batches.Add(batch);
            rows += batch.Items.Length;
        }

        return batches;
    }

    private async Task ScoreAsync(string @namespace, ShadowBatch[] batches, CancellationToken cancellationToken)
    {
        List<ShadowScoreRow> rows = [];
        Dictionary<long, List<WindowScore>> counted = [];
        foreach (ShadowBatch batch in batches)
        {
            double[] margins = new double[batch.Items.Length], scores = new double[batch.Items.Length];
            long start = Stopwatch.GetTimestamp();
            ScoredBy by = await RoutedScoring.ScoreAsync(batch.Model, _ => batch.Features, margins, scores, logger, cancellationToken);
            bool isScored = by.Model is not null && by.Model.VersionId == batch.Model.VersionId;
            if (isScored)
            {
                batch.Model.Health.Add(batch.Items.Length, Stopwatch.GetElapsedTime(start));
            }
            else
            {
                batch.Model.Health.Fail(batch.Items.Length);
            }

            Collect(batch, isScored, margins, scores, rows, counted);
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await session.InsertAsync(ShadowScoreRow.Table, rows, cancellationToken);
        foreach ((long version, List<WindowScore> scores) in counted)
        {
            await windows.AddShadowAsync(session, @namespace, version, scores, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    private static void Collect(ShadowBatch batch, bool isScored, double[] margins, double[] scores, List<ShadowScoreRow> rows, Dictionary<long, List<WindowScore>> counted)
    {
        long version = batch.Model.VersionId;
        DecisionThresholds thresholds = batch.Model.Identity.Thresholds;
        int columns = batch.Features.Length / Math.Max(1, batch.Items.Length);
        List<WindowScore> windows = counted.TryGetValue(version, out List<WindowScore>? known) ? known : counted[version] = [];
        for (int i = 0; i < batch.Items.Length; i++)
        {
            ShadowItem item = batch.Items[i];
            double? score = isScored && double.IsFinite(scores[i]) ? scores[i] : null;
            var decision = score is { } value ? DecisionPolicy.Decide(value, thresholds.ReviewAt, thresholds.BlockAt) : DecisionPolicy.WithoutModel;
            rows.Add(new ShadowScoreRow
            {
                VersionId = version,
                TransactionRef = item.Id,
                Namespace = batch.Namespace,
                Score = score,
                Decision = decision,
                DecidedVersionId = item.VersionId,
                DecidedScore = item.Score,
                Decided = item.Decided,
            });
            windows.Add(new WindowScore(item.ReceivedAt, decision, score, score is null ? null : margins[i], batch.Features[(i * columns)..((i + 1) * columns)]));
        }
    }
}
