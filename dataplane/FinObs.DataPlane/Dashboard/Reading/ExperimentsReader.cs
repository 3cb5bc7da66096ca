using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments;
using FinObs.DataPlane.Experiments.Api;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Analysis;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Reads experiments for people.</summary>
internal sealed class ExperimentsReader(ResourceCatalogue catalogue, ExperimentStore store, PiiGuard guard)
{
    /// <summary>A look every quarter of an hour for two days; older ones are in the history of the API.</summary>
    private const int MostChanges = 200;

    public async Task<ExperimentsModel?> ReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        Dictionary<string, ExperimentRow> rows = (await store.OfAsync(@namespace, cancellationToken)).ToDictionary(row => row.Uid);
        ExperimentLine[] lines = [.. catalogue.Current.Of(@namespace, ResourceKinds.ABExperiment.Name).Select(resource => LineOf(resource, rows.GetValueOrDefault(resource.Row.Uid)))];
        return new ExperimentsModel([.. lines.OrderBy(line => OrderOf(line.It.Phase)).ThenBy(line => line.It.Name, StringComparer.Ordinal)]);
    }

    public async Task<ExperimentModel?> ReadAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.ABExperiment.Name, name)) is not { } resource)
        {
            return null;
        }

        ABExperimentSpec spec = ExperimentsApi.SpecOf(resource);
        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        List<ExperimentChangeRow> changes = await store.ChangesAsync(resource.Row.Uid, MostChanges, cancellationToken);
        return new ExperimentModel(
            ExperimentAnswer.Of(@namespace, name, spec, row, guard), PlanOf(spec), ExperimentEvaluation.Read(row?.Evaluation) is { } last ? LookOf(spec, last) : null,
            [.. changes.AsEnumerable().Reverse().Select(change => ExperimentEvaluation.Read(change.Evaluation)).OfType<ExperimentEvaluation>().SelectMany(LinesOf)],
            [.. changes.Select(change => ExperimentChangeAnswer.Of(change, guard))]);
    }

    /// <summary>What may still be acted on comes first.</summary>
    private static int OrderOf(string phase) => phase switch
    {
        nameof(ExperimentPhase.Concluded) => 0,
        nameof(ExperimentPhase.Paused) => 1,
        nameof(ExperimentPhase.Running) => 2,
        nameof(ExperimentPhase.Draft) => 3,
        _ => 4,
    };

    private ExperimentLine LineOf(StoredResource resource, ExperimentRow? row)
    {
        ABExperimentSpec spec = ExperimentsApi.SpecOf(resource);
        ExperimentEvaluation? last = ExperimentEvaluation.Read(row?.Evaluation);
        TreatmentResult? shown = ExperimentStatuses.Shown(last);
        long? remaining = last?.RequiredPerArm is { } required ? Math.Max(0, required - last.Arms.Min(arm => arm.Of(spec.Primary.Metric).Trials)) : null;
        return new ExperimentLine(
            ExperimentAnswer.Of(resource.Key.Namespace, resource.Key.Name, spec, row, guard), spec.Primary.Metric.ToString(), shown is null ? null : TreatmentOf(shown), remaining, last?.EtaDays);
    }

    private ExperimentPlan PlanOf(ABExperimentSpec spec) => new(
        spec.Hypothesis is { } text ? guard.Clean(text) : null, spec.Primary.Metric, spec.Primary.Direction == MetricDirection.Increase, (double)spec.Primary.Mde, (double)spec.Primary.Alpha / (spec.Arms.Count - 1),
        (double)spec.Primary.Power, spec.Analysis.Method == AnalysisMethod.FixedHorizon, spec.Mode == ExperimentMode.PairedShadow, spec.EnrolPercent, spec.Analysis.Interval.ToString(), spec.Duration.Min.ToString(),
        spec.Duration.Max.ToString(), spec.Analysis.MinPerArm, (double)spec.Analysis.MaxCoverageGap, (double)spec.Analysis.SrmAlpha, spec.Conclusion.Approvals);

    private static ExperimentLook LookOf(ABExperimentSpec spec, ExperimentEvaluation last) => new(
        last.At, last.Verdict, last.Sentence, [.. last.Arms.Select(arm => ArmOf(spec, arm))], [.. last.Treatments.Select(TreatmentOf)], last.SampleRatioP, last.SampleRatioOk, last.MultipleExposures, last.CoverageGap,
        last.RequiredPerArm, last.EtaDays, [.. last.Guardrails.Select(one => new GuardrailLine(one.Metric.ToString(), one.Arm, one.Value, one.Control, one.Action.ToString(), one.IsBreached))]);

    private static ArmLine ArmOf(ABExperimentSpec spec, ArmCounts arm)
    {
        MetricCount primary = arm.Of(spec.Primary.Metric);
        (double Low, double High)? interval = primary.Rate is { } rate ? AnalysisJudge.Wilson(rate, primary.Trials) : null;
        return new ArmLine(
            arm.Name, spec.Arms.FirstOrDefault(one => one.Name == arm.Name)?.Version ?? "", arm.Share, arm.Units, arm.Decisions, primary.Trials, primary.Rate, interval?.Low, interval?.High, primary.Coverage,
            arm.Of(ExperimentMetric.AlertRate).Rate, arm.P99Ms);
    }

    private static TreatmentLine TreatmentOf(TreatmentResult one) => new(one.Arm, one.Effect, one.Low, one.High, one.SequentialP, one.FixedP);

    private static IEnumerable<LookLine> LinesOf(ExperimentEvaluation look) => look.Treatments.Select(one => new LookLine(look.At, one.Arm, one.SequentialP, one.Effect, one.Low, one.High));
}
