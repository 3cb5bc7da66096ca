using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Rollout.Analysis;

/// <summary>Measures a version on trial beside the stable one: on its own share of the traffic, or, before it has one, on what both scored.</summary>
internal sealed class RolloutAnalysis(RolloutSamples samples, RouteStore routes, EngineDirectory engines, ModelRouter router)
{
    private const int PsiBins = 10;

    /// <summary>Labelled alerts below which precision says nothing.</summary>
    private const int LeastLabels = 30;

    public async Task<IReadOnlyList<AnalysisResult>> MeasureAsync(RolloutRow rollout, AnalysisStep step, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ModelRoute route = await routes.FindAsync(rollout.Namespace, cancellationToken);
        RouteVersion? stable = route.Stable ?? await routes.DecidingAsync(rollout.Namespace, cancellationToken);
        DecisionThresholds own = await engines.ThresholdsAsync(rollout.VersionId, cancellationToken);
        DecisionThresholds others = stable is null ? own : await engines.ThresholdsAsync(stable.Id, cancellationToken);
        bool explanations = step.Metrics.Any(metric => metric.Name == RolloutMetric.ExplanationFailureRate);
        RolloutSample sample = route.Split is { } split && split.ShareOf(rollout.VersionId) > 0
            ? await samples.DecidedAsync(rollout, split, (own, others), step.MinSamples, explanations, cancellationToken)
            : await samples.ShadowAsync(rollout, (own, others), step.MinSamples, cancellationToken);
        List<AnalysisResult> results = [];
        foreach (AnalysisMetric metric in step.Metrics)
        {
            Measured figure = await MeasureAsync(metric.Name, sample, rollout, stable, step.MinSamples, cancellationToken);
            results.Add(new AnalysisResult
            {
                Metric = metric.Name,
                Value = Rounded(figure.Value),
                Baseline = Rounded(figure.Baseline),
                Samples = figure.Samples,
                Verdict = AnalysisJudge.Judge(metric, figure, metric.Name == RolloutMetric.Precision ? LeastLabels : metric.Name == RolloutMetric.ExplanationFailureRate ? 1 : step.MinSamples),
                At = now,
            });
        }

        return results;
    }

    private async Task<Measured> MeasureAsync(RolloutMetric metric, RolloutSample sample, RolloutRow rollout, RouteVersion? stable, int least, CancellationToken cancellationToken)
    {
        (SampleSide own, SampleSide other) = sample;
        switch (metric)
        {
            case RolloutMetric.AlertRate:
                return Shares(own.Alerts, own.Scores.Count, other.Alerts, other.Scores.Count);
            case RolloutMetric.ErrorRate:
                return Shares(own.Errors, own.Rows, other.Errors, other.Rows);
            case RolloutMetric.ExplanationFailureRate:
                return Shares(own.FailedExplanations, own.Explanations, other.FailedExplanations, other.Explanations);
            case RolloutMetric.ScorePsi:
                return new Measured(Psi(other.Scores, own.Scores), Math.Min(own.Scores.Count, other.Scores.Count), null, 0, false);
            case RolloutMetric.P99LatencyMs:
                return new Measured(router.HealthOf(rollout.VersionId).P99(), own.Rows, stable is null ? null : router.HealthOf(stable.Id).P99(), other.Rows, false);
            case RolloutMetric.DisagreementRate:
                Disagreement pairs = await samples.DisagreementAsync(rollout, least, cancellationToken);
                return Shares(pairs.Different, pairs.Pairs, 0, 0);
            case RolloutMetric.Precision:
                LabelledAlerts labelled = await samples.LabelledAsync(rollout.Namespace, rollout.VersionId, rollout.StartedAt, cancellationToken);
                LabelledAlerts before = stable is null ? new LabelledAlerts(0, 0) : await samples.LabelledAsync(rollout.Namespace, stable.Id, rollout.StartedAt, cancellationToken);
                return Shares(labelled.Fraud, labelled.Labelled, before.Fraud, before.Labelled);
            default:
                return default;
        }
    }

    private static Measured Shares(long part, long whole, long basePart, long baseWhole) =>
        new(whole == 0 ? null : (double)part / whole, whole, baseWhole == 0 ? null : (double)basePart / baseWhole, baseWhole, true);

    /// <summary>On the tenths of the stable version's scores, with open ends; what chance alone would make of it is taken off.</summary>
    private static double? Psi(List<double> stable, List<double> own)
    {
        if (stable.Count == 0 || own.Count == 0)
        {
            return null;
        }

        double[] sorted = [.. stable.Order()];
        double[] edges = [.. Enumerable.Range(1, PsiBins - 1).Select(i => sorted[Math.Min(sorted.Length - 1, i * sorted.Length / PsiBins)]).Distinct()];
        double index = Divergence.PopulationStability(Count(stable, edges), Count(own, edges));
        return Math.Max(0, index - Divergence.ExpectedPopulationStability(edges.Length + 1, stable.Count, own.Count));
    }

    private static long[] Count(List<double> scores, double[] edges)
    {
        long[] counts = new long[edges.Length + 1];
        foreach (double score in scores)
        {
            int place = Array.BinarySearch(edges, score);
            counts[place >= 0 ? place + 1 : ~place]++;
        }

        return counts;
    }

    private static decimal? Rounded(double? value) => value is { } number ? Math.Round((decimal)number, 6) : null;
}
