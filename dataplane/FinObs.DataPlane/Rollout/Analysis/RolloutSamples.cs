using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Experiments;
using FinObs.Scoring.Explanation;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Rollout.Analysis;

/// <summary>Reads what an analysis compares: the newest decisions, or the newest pairs of shadow scores, since the version has its share.</summary>
internal sealed class RolloutSamples(IDatabase database, WindowLayouts layouts)
{
    private const int Page = 5_000;

    /// <summary>Of one version, beyond its minimum: more rows would not change the answer.</summary>
    private const int Enough = 20_000;

    /// <summary>Decisions that are looked at, at most; at a share of 1 % that is 5,000 of the version.</summary>
    private const int MostRows = 500_000;

    /// <summary>Until all replicas decide by a new share, and what they had begun before is committed: the stable version's decisions of that time are no errors of the other.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>The share of the traffic that is its own, beside the stable version's, newest first until there are enough.</summary>
    public async Task<RolloutSample> DecidedAsync(
        RolloutRow rollout, RouteSplit split, (DecisionThresholds Candidate, DecisionThresholds Stable) thresholds, int least, bool explanations, CancellationToken cancellationToken)
    {
        RolloutSample sample = new(new SampleSide(), new SampleSide());
        int[] weights = [.. split.Arms.Select(arm => arm.Weight)];
        int own = split.Arms.ToList().FindIndex(arm => arm.VersionId == rollout.VersionId);
        Guid first = Partitions.FirstIdAt(rollout.WeightSince + Settling), before = Guid.AllBitsSet;
        int wanted = Math.Max(least, Enough), seen = 0;
        while (sample.Candidate.Rows < wanted && seen < MostRows)
        {
            List<DecidedRow> page = await PageAsync(rollout.Namespace, first, before, explanations, cancellationToken);
            foreach (DecidedRow row in page)
            {
                bool isOwn = Assignment.ArmOf(split.Salt, row.Unit(split.Unit), split.Enrolled, weights) == own;
                long version = await layouts.VersionOfAsync(row.EngineId, cancellationToken);
                SampleSide side = isOwn ? sample.Candidate : sample.Stable;
                bool isScored = row.Score is not null && (!isOwn || version == rollout.VersionId);
                side.Add(isScored ? row.Score : null, (isOwn ? thresholds.Candidate : thresholds.Stable).ReviewAt);
                if (isScored && row.Explanation is { Length: > 1 } explanation)
                {
                    side.Explanations++;
                    side.FailedExplanations += (ExplanationMethod)explanation[1] == ExplanationMethod.Failed ? 1 : 0;
                }
            }

            seen += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            before = page[^1].Id;
        }

        return sample;
    }

    /// <summary>All that both scored, while the version scores in shadow.</summary>
    public async Task<RolloutSample> ShadowAsync(RolloutRow rollout, (DecisionThresholds Candidate, DecisionThresholds Stable) thresholds, int least, CancellationToken cancellationToken)
    {
        RolloutSample sample = new(new SampleSide(), new SampleSide());
        foreach (ShadowScoreRow row in await NewestAsync(rollout, Math.Max(least, Enough), cancellationToken))
        {
            sample.Candidate.Add(row.Score, thresholds.Candidate.ReviewAt);
            sample.Stable.Add(row.DecidedScore, thresholds.Stable.ReviewAt);
        }

        return sample;
    }

    public async Task<Disagreement> DisagreementAsync(RolloutRow rollout, int least, CancellationToken cancellationToken)
    {
        List<ShadowScoreRow> rows = await NewestAsync(rollout, Math.Max(least, Enough), cancellationToken);
        return new Disagreement(rows.Count(row => row.Score is not null), rows.Count(row => row.Score is not null && row.Decision != row.Decided));
    }

    /// <summary>How many transactions it scored in shadow since it does; counts no further than is asked for.</summary>
    public async Task<long> ShadowCountAsync(RolloutRow rollout, int most, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(rollout.ShadowSince);
        await using FinObsDbContext db = database.CreateContext();
        return await db.ShadowScores.Where(row => row.VersionId == rollout.VersionId && row.TransactionRef >= first && row.Score != null).OrderBy(row => row.TransactionRef).Take(most).LongCountAsync(cancellationToken);
    }

    /// <summary>Alerts of a version that somebody has labelled; unlabelled ones say nothing.</summary>
    public async Task<LabelledAlerts> LabelledAsync(string @namespace, long versionId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(since);
        await using FinObsDbContext db = database.CreateContext();
        var counts = await (
            from label in db.TransactionLabels
            join decision in db.Decisions on label.TransactionRef equals decision.Id
            join engine in db.ScoringEngines on decision.EngineId equals engine.Id
            where label.Namespace == @namespace && label.TransactionRef >= first && decision.Id >= first && decision.Decision != Decision.Approve && engine.ModelVersionId == versionId
            group label by label.Label into labels
            select new { labels.Key, Count = labels.LongCount() }).ToListAsync(cancellationToken);
        return new LabelledAlerts(counts.Sum(one => one.Count), counts.Where(one => one.Key == TransactionLabel.Fraud).Sum(one => one.Count));
    }

    private async Task<List<ShadowScoreRow>> NewestAsync(RolloutRow rollout, int most, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(rollout.ShadowSince);
        await using FinObsDbContext db = database.CreateContext();
        return await db.ShadowScores.Where(row => row.VersionId == rollout.VersionId && row.TransactionRef >= first).OrderByDescending(row => row.TransactionRef).Take(most).ToListAsync(cancellationToken);
    }

    private async Task<List<DecidedRow>> PageAsync(string @namespace, Guid first, Guid before, bool explanations, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await (
            from decision in db.Decisions
            join transaction in db.Transactions on decision.Id equals transaction.Id
            where decision.Namespace == @namespace && decision.Id >= first && decision.Id < before
            orderby decision.Id descending
            select new DecidedRow(
                decision.Id, decision.EngineId, decision.Score, explanations ? decision.Explanation : null, transaction.AccountId, transaction.CounterpartyId, transaction.TransactionId)).Take(Page).ToListAsync(cancellationToken);
    }

    private sealed record DecidedRow(Guid Id, long? EngineId, double? Score, byte[]? Explanation, string? AccountId, string? CounterpartyId, string TransactionId)
    {
        public string Unit(Contracts.Resources.ModelVersions.UnitKey unit) => RouteUnits.Of(unit, AccountId, CounterpartyId, TransactionId);
    }
}
