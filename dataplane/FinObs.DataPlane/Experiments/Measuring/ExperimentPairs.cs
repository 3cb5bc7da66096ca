using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Experiments.Measuring;

/// <summary>Counts pairs: what the control decided and a treatment scored in shadow. A unit counts once, by its first pair on which the metric is known.</summary>
internal sealed class ExperimentPairs(IDatabase database, ModelRouter router, IOptions<ExperimentOptions> options)
{
    private const int Page = 5_000;

    public async Task<ExperimentCounts> CountAsync(ExperimentRow row, ABExperimentSpec spec, IReadOnlyList<ServedArm> arms, Known known, CancellationToken cancellationToken)
    {
        ServedArm control = arms.First(arm => arm.Name == ExperimentArms.Control);
        Dictionary<string, ArmCounts> counted = [];
        List<PairCounts> pairs = [];
        foreach (ServedArm arm in arms.Where(arm => arm != control))
        {
            (ArmCounts own, ArmCounts others, PairCounts pair) = await TreatmentAsync(row, spec, control, arm, known, cancellationToken);
            counted[arm.Name] = own;
            counted[control.Name] = counted.TryGetValue(control.Name, out ArmCounts? before) && before.Units >= others.Units ? before : others;
            pairs.Add(pair);
        }

        return new ExperimentCounts { Arms = [.. arms.Select(arm => counted[arm.Name])], Pairs = pairs };
    }

    /// <summary>Of a split whose treatments score in shadow too: how often they would have decided otherwise than the control.</summary>
    public async Task<MetricCount> DisagreementAsync(ExperimentRow row, ABExperimentSpec spec, ServedArm control, ServedArm arm, Known known, CancellationToken cancellationToken) =>
        (await TreatmentAsync(row, spec, control, arm, known, cancellationToken)).Own.Of(ExperimentMetric.DisagreementRate);

    private async Task<(ArmCounts Own, ArmCounts Control, PairCounts Pair)> TreatmentAsync(
        ExperimentRow row, ABExperimentSpec spec, ServedArm control, ServedArm arm, Known known, CancellationToken cancellationToken)
    {
        ArmTally own = new(arm.Name, 1), others = new(control.Name, 1);
        Dictionary<string, (UnitTally Own, UnitTally Control)> units = new(StringComparer.Ordinal);
        (long count, long onlyControl, long onlyOwn) = (0, 0, 0);
        Guid after = Partitions.FirstIdAt(row.ServingSince!.Value);
        for (int seen = 0; seen < options.Value.MostDecisions;)
        {
            List<PairRow> page = await PageAsync(arm.VersionId, control.VersionId, row.Namespace, after, cancellationToken);
            foreach (PairRow pair in page)
            {
                string name = RouteUnits.Of(spec.UnitKey, pair.AccountId, pair.CounterpartyId, pair.TransactionId);
                if (!units.TryGetValue(name, out (UnitTally Own, UnitTally Control) unit))
                {
                    units[name] = unit = (new UnitTally(), new UnitTally());
                    own.Units++;
                    others.Units++;
                }

                own.Decisions++;
                others.Decisions++;
                bool isMature = pair.ReceivedAt <= known.MatureBefore;
                ArmOutcome mine = new(pair.IsScored, pair.IsFlagged, isMature, known.LabelOf(pair.Id), false), theirs = new(true, pair.IsFlaggedByControl, isMature, known.LabelOf(pair.Id), false);
                own.Add(unit.Own, mine);
                others.Add(unit.Control, theirs);
                if (pair.IsScored)
                {
                    own.Compare(unit.Own, pair.IsFlagged != pair.IsFlaggedByControl);
                }

                if (!unit.Own.Pair && pair.IsScored && Event(spec.Primary.Metric, mine) is { } has && Event(spec.Primary.Metric, theirs) is { } had)
                {
                    unit.Own.Pair = true;
                    count++;
                    onlyControl += had && !has ? 1 : 0;
                    onlyOwn += has && !had ? 1 : 0;
                }
            }

            seen += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Id;
        }

        return (own.Counted(router.HealthOf(arm.VersionId).P99()), others.Counted(router.HealthOf(control.VersionId).P99()), new PairCounts(arm.Name, count, onlyControl, onlyOwn));
    }

    /// <summary>What the metric counts; null where it cannot be told. Precision has no pairs of its own (what one flags the other need not): there it is whether the version was right.</summary>
    private static bool? Event(ExperimentMetric metric, ArmOutcome outcome) => metric switch
    {
        ExperimentMetric.AlertRate => outcome.IsFlagged,
        ExperimentMetric.Recall when outcome is { IsMature: true, IsFraud: true } => outcome.IsFlagged,
        ExperimentMetric.FalsePositiveRate when outcome is { IsMature: true, IsFraud: false } => outcome.IsFlagged,
        ExperimentMetric.PrecisionAtK when outcome is { IsMature: true, IsFraud: { } fraud } => outcome.IsFlagged == fraud,
        _ => null,
    };

    private async Task<List<PairRow>> PageAsync(long versionId, long controlId, string @namespace, Guid after, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await (
            from shadow in db.ShadowScores
            join transaction in db.Transactions on shadow.TransactionRef equals transaction.Id
            where shadow.VersionId == versionId && shadow.TransactionRef > after && shadow.DecidedVersionId == controlId && shadow.Namespace == @namespace && shadow.DecidedScore != null
            orderby shadow.TransactionRef
            select new PairRow(
                shadow.TransactionRef, shadow.Score != null, shadow.Decision != Decision.Approve, shadow.Decided != Decision.Approve, transaction.ReceivedAt, transaction.AccountId, transaction.CounterpartyId, transaction.TransactionId))
            .Take(Page).ToListAsync(cancellationToken);
    }

    private sealed record PairRow(Guid Id, bool IsScored, bool IsFlagged, bool IsFlaggedByControl, DateTimeOffset ReceivedAt, string? AccountId, string? CounterpartyId, string TransactionId);
}
