using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Experiments;

/// <summary>What experiments ask of the route, from what is stored of them. They hold it in either mode: nobody else may change meanwhile who decides.</summary>
internal sealed class ExperimentClaims(ExperimentStore store, ResourceCatalogue catalogue) : IRouteClaims
{
    private const int BucketsPerPercent = Assignment.Buckets / 100;

    public static string HolderOf(ExperimentRow row) => $"{ResourceKinds.ABExperiment.Name}/{row.Name}";

    /// <summary>What makes this split independent of others; another bucket version shuffles all units anew.</summary>
    public static string SaltOf(ABExperimentSpec spec, string uid) => $"{(spec.Salt.Length > 0 ? spec.Salt : uid)}/{spec.BucketVersion}";

    public static int EnrolledOf(ABExperimentSpec spec) => spec.EnrolPercent * BucketsPerPercent;

    public static int BucketsOf(ExperimentArm arm) => arm.Weight * BucketsPerPercent;

    /// <summary>Somebody asks how often the arms differ: then the treatments score in shadow what others decide.</summary>
    public static bool Compares(ABExperimentSpec spec) => (spec.Guardrails ?? []).Concat(spec.Signals ?? []).Any(one => one.Metric == ExperimentMetric.DisagreementRate);

    public async Task<IReadOnlyList<RouteClaim>> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        Dictionary<string, ABExperimentSpec> specs = catalogue.Current.Of(@namespace, ResourceKinds.ABExperiment.Name).Where(resource => !resource.Row.Deleting)
            .ToDictionary(resource => resource.Row.Uid, resource => ((ABExperiment)resource.Resource).Spec);
        return
        [
            .. (await store.OfAsync(@namespace, cancellationToken))
                .Where(row => specs.ContainsKey(row.Uid) && (row.Phase is ExperimentPhase.Running or ExperimentPhase.Paused || row.WaitsForPromotion))
                .Select(row => ClaimOf(row, specs[row.Uid])),
        ];
    }

    private static RouteClaim ClaimOf(ExperimentRow row, ABExperimentSpec spec)
    {
        IReadOnlyList<ServedArm> arms = ServedArm.Read(row.Arms);
        bool isPaired = spec.Mode == ExperimentMode.PairedShadow;
        return new RouteClaim
        {
            Holder = HolderOf(row),
            Precedence = ClaimPrecedence.Experiment,
            Since = row.StartedAt,
            Split = new RouteSplit
            {
                Salt = SaltOf(spec, row.Uid),
                Unit = spec.UnitKey,
                Enrolled = isPaired ? 0 : EnrolledOf(spec),
                Arms = isPaired ? [] : [.. arms.Select(arm => new RouteArm(arm.VersionId, arm.Buckets))],
                Shadows = isPaired || Compares(spec) ? [.. arms.Where(arm => arm.Name != ExperimentArms.Control).Select(arm => new RouteShadow(arm.VersionId, 100))] : [],
            },
        };
    }
}
