using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>Goes through the decisions of a window in the order of receipt, one page in memory at a time.</summary>
internal sealed class BacktestRun(IDatabase database, EngineDirectory engines, LedgerUnits units)
{
    private const int Page = 2_000;

    public async Task<BacktestReport> RunAsync(BacktestPlan plan, CancellationToken cancellationToken)
    {
        BacktestTally tally = new();
        Guid until = Partitions.FirstIdAt(plan.To);
        for (Guid last = Partitions.FirstIdAt(plan.From); ;)
        {
            List<PastDecision> page = await PageAsync(plan.Namespace, last, until, cancellationToken);
            if (page.Count > 0)
            {
                Dictionary<Guid, TransactionLabel> labels = await LabelsAsync(plan.Namespace, page[0].Id, page[^1].Id, cancellationToken);
                await CompareAsync(plan, page, labels, tally, cancellationToken);
                last = page[^1].Id;
            }

            if (page.Count < Page)
            {
                return tally.Report(plan, units.Settings.BaseCurrency);
            }
        }
    }

    private async Task CompareAsync(BacktestPlan plan, List<PastDecision> page, Dictionary<Guid, TransactionLabel> labels, BacktestTally tally, CancellationToken cancellationToken)
    {
        List<PastDecision> compared = new(page.Count);
        foreach (PastDecision row in page)
        {
            if (row is not { EngineId: not null, Score: not null, Features: not null })
            {
                tally.NotScored();
            }
            else if (!plan.Engines.Contains(row.EngineId.Value))
            {
                tally.ByOthers();
            }
            else
            {
                compared.Add(row);
            }
        }

        double[] scores = Scores(plan, compared);
        for (int i = 0; i < compared.Count; i++)
        {
            PastDecision row = compared[i];
            if (!double.IsFinite(scores[i]))
            {
                tally.Unscorable();
            }

            DecisionThresholds inForce = (await engines.FindAsync(row.EngineId, cancellationToken))!.Thresholds;
            Decision then = DecisionPolicy.Decide(row.Score!.Value, inForce.ReviewAt, inForce.BlockAt);
            Decision now = double.IsFinite(scores[i]) ? DecisionPolicy.Decide(scores[i], plan.Thresholds.ReviewAt, plan.Thresholds.BlockAt) : DecisionPolicy.WithoutModel;
            Decision after = PastRules.Of(row, then) is { } rules ? rules.With(now, double.IsFinite(scores[i])) : now;
            double? amount = units.InBase(row.Amount, row.Currency, row.OccurredAt) is { } known && double.IsFinite(known) ? Math.Abs(known) : null;
            tally.Add(new ComparedDecision(
                row.Id, DateOnly.FromDateTime(row.ReceivedAt.UtcDateTime), row.Decision, after, amount, LabelOf(row, labels), row.ReceivedAt < plan.MatureUntil));
        }
    }

    private static double[] Scores(BacktestPlan plan, List<PastDecision> rows)
    {
        if (plan.Scorer is not { } scorer)
        {
            return [.. rows.Select(row => row.Score!.Value)];
        }

        double[] scores = new double[rows.Count], margins = new double[rows.Count];
        float[] features = new float[rows.Count * scorer.FeatureCount];
        for (int i = 0; i < rows.Count; i++)
        {
            float[] vector = FeatureBytes.Read(rows[i].Features);
            Span<float> place = features.AsSpan(i * scorer.FeatureCount, scorer.FeatureCount);

            // Cut short, it is not what was scored: no number rather than a wrong one.
            place.Fill(float.NaN);
            if (vector.Length == place.Length)
            {
                vector.CopyTo(place);
            }
        }

        scorer.Score(features, margins, scores);
        return scores;
    }

    /// <summary>What people said goes before what came with the import.</summary>
    private static TransactionLabel? LabelOf(PastDecision row, Dictionary<Guid, TransactionLabel> labels) => labels.TryGetValue(row.Id, out TransactionLabel said)
        ? (said == TransactionLabel.Withdrawn ? null : said)
        : row.Label switch { true => TransactionLabel.Fraud, false => TransactionLabel.Legitimate, null => null };

    private async Task<List<PastDecision>> PageAsync(string @namespace, Guid last, Guid until, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await (
            from decision in db.Decisions
            join transaction in db.Transactions on decision.Id equals transaction.Id
            where decision.Namespace == @namespace && decision.Id > last && decision.Id < until && transaction.Id > last && transaction.Id < until
            orderby decision.Id
            select new PastDecision
            {
                Id = decision.Id,
                Decision = decision.Decision,
                Score = decision.Score,
                EngineId = decision.EngineId,
                Features = decision.Features,
                Rules = decision.Rules,
                Reasons = decision.Reasons,
                ReceivedAt = transaction.ReceivedAt,
                OccurredAt = transaction.OccurredAt,
                Amount = transaction.Amount,
                Currency = transaction.Currency,
                Label = transaction.Label,
            }).Take(Page).ToListAsync(cancellationToken);
    }

    private async Task<Dictionary<Guid, TransactionLabel>> LabelsAsync(string @namespace, Guid first, Guid last, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.TransactionLabels.Where(row => row.TransactionRef >= first && row.TransactionRef <= last && row.Namespace == @namespace)
            .ToDictionaryAsync(row => row.TransactionRef, row => row.Label, cancellationToken);
    }
}
