using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Experiments.Api;

/// <summary>Experiments, the first made first.</summary>
internal sealed record AgentExperimentList([property: JsonPropertyName("experiments")] IReadOnlyList<AgentExperiment> Experiments);

/// <summary>An experiment.</summary>
/// <param name="Id">Name of its ABExperiment.</param>
/// <param name="Name">The same.</param>
/// <param name="ModelA">The control's version.</param>
/// <param name="ModelB">The (first) treatment's.</param>
/// <param name="TrafficSplit">Share of the control among the units that take part.</param>
/// <param name="Status">Its phase in small letters.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record AgentExperiment(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("model_a")] string ModelA,
    [property: JsonPropertyName("model_b")] string ModelB,
    [property: JsonPropertyName("traffic_split")] double TrafficSplit,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    public static AgentExperiment Of(StoredResource resource, ExperimentRow? row)
    {
        ABExperimentSpec spec = ExperimentsApi.SpecOf(resource);
        ExperimentArm control = spec.Arms.First(arm => arm.Name == ExperimentArms.Control);
        return new AgentExperiment(
            resource.Key.Name, resource.Key.Name, control.Version, spec.Arms.First(arm => arm != control).Version, control.Weight / 100.0,
            (row?.Phase.ToString() ?? spec.State.ToString()).ToLowerInvariant(), resource.Row.CreatedAt);
    }
}

/// <summary>What an experiment has found.</summary>
/// <param name="Experiment">Which.</param>
/// <param name="ModelA">The control.</param>
/// <param name="ModelB">The treatment.</param>
/// <param name="Significance">Whether a difference was found, by a test that may be looked at any time.</param>
/// <param name="Recommendation">A sentence.</param>
internal sealed record AgentExperimentResults(
    [property: JsonPropertyName("experiment")] AgentExperiment Experiment,
    [property: JsonPropertyName("model_a")] AgentArm ModelA,
    [property: JsonPropertyName("model_b")] AgentArm ModelB,
    [property: JsonPropertyName("significance")] AgentSignificance Significance,
    [property: JsonPropertyName("recommendation")] string Recommendation);

/// <summary>An arm.</summary>
/// <param name="Model">Version.</param>
/// <param name="Stats">What it did.</param>
internal sealed record AgentArm([property: JsonPropertyName("model")] string Model, [property: JsonPropertyName("stats")] AgentArmStats Stats)
{
    public static AgentArm Of(ABExperimentSpec spec, ExperimentArm arm, ExperimentEvaluation? last)
    {
        ArmCounts? counts = last?.Arms.FirstOrDefault(one => one.Name == arm.Name);
        MetricCount primary = counts?.Of(spec.Primary.Metric) ?? default;
        return new AgentArm(arm.Version, new AgentArmStats(counts?.Units ?? 0, primary.Trials, primary.Rate, spec.Primary.Metric.ToString(), primary.Coverage));
    }
}

/// <summary>What an arm did.</summary>
/// <param name="Total">Units.</param>
/// <param name="Labelled">Units on which the metric is known; others are neither right nor wrong.</param>
/// <param name="Accuracy">The metric; null = not known yet.</param>
/// <param name="Metric">Which.</param>
/// <param name="Coverage">Share of the units that need a label and have one.</param>
internal sealed record AgentArmStats(
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("labelled")] long Labelled,
    [property: JsonPropertyName("accuracy")] double? Accuracy,
    [property: JsonPropertyName("metric")] string Metric,
    [property: JsonPropertyName("coverage")] double? Coverage);

/// <summary>Whether a difference was found.</summary>
internal sealed record AgentSignificance(
    [property: JsonPropertyName("is_significant")] bool IsSignificant,
    [property: JsonPropertyName("p_value")] double? PValue,
    [property: JsonPropertyName("min_samples_per_variant")] int MinSamplesPerVariant);

/// <summary>People are asked.</summary>
/// <param name="ExperimentId">Which experiment.</param>
/// <param name="Winner">Arm.</param>
/// <param name="WinningModel">Version.</param>
/// <param name="Status"><c>waiting_for_approval</c>: nothing is replaced before people agree.</param>
/// <param name="ApprovalId"><c>GET /v1/approvals/{id}</c>.</param>
internal sealed record AgentPromotion(
    [property: JsonPropertyName("experiment_id")] string ExperimentId,
    [property: JsonPropertyName("winner")] string Winner,
    [property: JsonPropertyName("winning_model")] string WinningModel,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("approval_id")] Guid? ApprovalId);
