using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Experiments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Experiments.Measuring;

/// <summary>Counts what an experiment has seen since its arms serve, the oldest first, so that a unit's first decision stays its first at every look.</summary>
internal sealed class ExperimentSamples(IDatabase database, ModelRouter router, ExperimentPairs pairs, IOptions<ExperimentOptions> options)
{
    private const int Page = 5_000;

    public async Task<ExperimentCounts> CountAsync(ExperimentRow row, ABExperimentSpec spec, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Known known = await Known.LoadAsync(database, row, now - spec.Analysis.LabelMaturity.Value, cancellationToken);
        IReadOnlyList<ServedArm> arms = ServedArm.Read(row.Arms);
        if (spec.Mode == ExperimentMode.PairedShadow)
        {
            return await pairs.CountAsync(row, spec, arms, known, cancellationToken);
        }

        ExperimentCounts counts = await SplitAsync(row, spec, arms, known, cancellationToken);
        return ExperimentClaims.Compares(spec) ? counts with { Arms = await WithDisagreementAsync(row, spec, arms, counts.Arms, known, cancellationToken) } : counts;
    }

    private async Task<IReadOnlyList<ArmCounts>> WithDisagreementAsync(
        ExperimentRow row, ABExperimentSpec spec, IReadOnlyList<ServedArm> arms, IReadOnlyList<ArmCounts> counted, Known known, CancellationToken cancellationToken)
    {
        ServedArm control = arms.First(arm => arm.Name == ExperimentArms.Control);
        List<ArmCounts> all = [];
        foreach ((ServedArm arm, ArmCounts counts) in arms.Zip(counted))
        {
            all.Add(arm == control ? counts : counts with
            {
                Metrics = new Dictionary<ExperimentMetric, MetricCount>(counts.Metrics)
                {
                    [ExperimentMetric.DisagreementRate] = await pairs.DisagreementAsync(row, spec, control, arm, known, cancellationToken),
                },
            });
        }

        return all;
    }

    private async Task<ExperimentCounts> SplitAsync(ExperimentRow row, ABExperimentSpec spec, IReadOnlyList<ServedArm> arms, Known known, CancellationToken cancellationToken)
    {
        ArmTally[] tallies = [.. arms.Select(arm => new ArmTally(arm.Name, arm.Buckets / (double)Assignment.Buckets))];
        Dictionary<string, UnitTally> units = new(StringComparer.Ordinal);
        int[] weights = [.. arms.Select(arm => arm.Buckets)];
        string salt = ExperimentClaims.SaltOf(spec, row.Uid);
        IReadOnlyList<Enrolment> enrolled = Enrolment.Read(row.Enrolled);
        Guid after = Partitions.FirstIdAt(row.ServingSince!.Value);
        for (int seen = 0; seen < options.Value.MostDecisions;)
        {
            List<DecidedRow> page = await PageAsync(row.Namespace, after, cancellationToken);
            foreach (DecidedRow decided in page)
            {
                string unit = RouteUnits.Of(spec.UnitKey, decided.AccountId, decided.CounterpartyId, decided.TransactionId);
                int arm = Assignment.ArmOf(salt, unit, Enrolment.At(enrolled, decided.DecidedAt), weights);
                if (arm >= 0)
                {
                    Add(units, unit, tallies[arm], arms[arm].VersionId, decided, known);
                }
            }

            seen += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Id;
        }

        return new ExperimentCounts
        {
            Arms = [.. tallies.Select((tally, i) => tally.Counted(router.HealthOf(arms[i].VersionId).P99()))],
            MultipleExposures = units.Values.LongCount(unit => unit.IsMixed),
        };
    }

    private static void Add(Dictionary<string, UnitTally> units, string name, ArmTally tally, long versionId, DecidedRow decided, Known known)
    {
        if (!units.TryGetValue(name, out UnitTally? unit))
        {
            units[name] = unit = new UnitTally();
            tally.Units++;
        }

        tally.Decisions++;
        ScoringEngineRow? engine = decided.EngineId is { } id ? known.Engines.GetValueOrDefault(id) : null;
        if (engine is not null && engine.ModelVersionId != versionId)
        {
            unit.IsMixed = true;
            return;
        }

        bool isFlagged = decided.Score is { } score && engine is not null && score >= engine.ReviewAt;
        tally.Add(unit, new ArmOutcome(decided.Score is not null && engine is not null, isFlagged, decided.DecidedAt <= known.MatureBefore, known.LabelOf(decided.Id), known.Overridden.Contains(decided.Id)));
    }

    private async Task<List<DecidedRow>> PageAsync(string @namespace, Guid after, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await (
            from decision in db.Decisions
            join transaction in db.Transactions on decision.Id equals transaction.Id
            where decision.Namespace == @namespace && decision.Id > after
            orderby decision.Id
            select new DecidedRow(decision.Id, decision.EngineId, decision.Score, decision.DecidedAt, transaction.AccountId, transaction.CounterpartyId, transaction.TransactionId)).Take(Page).ToListAsync(cancellationToken);
    }

    private sealed record DecidedRow(Guid Id, long? EngineId, double? Score, DateTimeOffset DecidedAt, string? AccountId, string? CounterpartyId, string TransactionId);
}

/// <summary>What is known beside the decisions.</summary>
/// <param name="Engines">By their rows.</param>
/// <param name="Labels">By transaction: fraud or not.</param>
/// <param name="Overridden">Transactions on which a person decided otherwise.</param>
/// <param name="MatureBefore">Labels of what was decided after this are not final.</param>
internal sealed record Known(Dictionary<long, ScoringEngineRow> Engines, Dictionary<Guid, bool> Labels, HashSet<Guid> Overridden, DateTimeOffset MatureBefore)
{
    public static async Task<Known> LoadAsync(IDatabase database, ExperimentRow row, DateTimeOffset matureBefore, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(row.ServingSince!.Value);
        await using FinObsDbContext db = database.CreateContext();
        var labels = await db.TransactionLabels.Where(label => label.Namespace == row.Namespace && label.TransactionRef >= first && label.Label != TransactionLabel.Withdrawn)
            .Select(label => new { label.TransactionRef, label.Label }).ToListAsync(cancellationToken);
        List<Guid> overridden = await db.DecisionOverrides.Where(one => one.Namespace == row.Namespace && one.TransactionRef >= first).Select(one => one.TransactionRef).ToListAsync(cancellationToken);
        return new Known(
            await db.ScoringEngines.ToDictionaryAsync(engine => engine.Id, cancellationToken), labels.ToDictionary(one => one.TransactionRef, one => one.Label == TransactionLabel.Fraud), [.. overridden], matureBefore);
    }

    public bool? LabelOf(Guid transaction) => Labels.TryGetValue(transaction, out bool isFraud) ? isFraud : null;
}
