using System.Text.Json;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Rollout.Steps;

namespace FinObs.DataPlane.Rollout.Api;

/// <summary>Why something is done to a rollout.</summary>
/// <param name="Reason">Goes to the audit log; at most 1,000 characters.</param>
internal sealed record VerbRequest(string? Reason);

/// <summary>A namespace's route and its rollouts.</summary>
internal sealed record RolloutList(RouteAnswer Route, ShadowAnswer Shadow, IReadOnlyList<RolloutAnswer> Items);

/// <summary>Who decides.</summary>
/// <param name="Namespace">Where.</param>
/// <param name="Generation">Counts the changes.</param>
/// <param name="Stable">Decides what is not shared; null = nobody, or the default namespace's.</param>
/// <param name="Previous">Did before.</param>
/// <param name="Holder">The rollout or experiment that has the route.</param>
/// <param name="Shares">Versions on trial.</param>
internal sealed record RouteAnswer(string Namespace, long Generation, string? Stable, string? Previous, string? Holder, IReadOnlyList<ShareAnswer> Shares);

/// <summary>A version's share of the traffic.</summary>
internal sealed record ShareAnswer(string Version, int Percent);

/// <summary>The queue of versions in shadow, in the process that answers.</summary>
/// <param name="Waiting">Transactions that wait.</param>
/// <param name="Dropped">Since its start: not scored because the queue was full.</param>
internal sealed record ShadowAnswer(long Waiting, long Dropped);

/// <summary>Where a rollout is.</summary>
internal sealed record RolloutAnswer(
    string Namespace, string Name, string Model, string Version, RolloutPhase Phase, int Step, DateTimeOffset StepStartedAt, int Weight, int ShadowPercent, int Failures, int Inconclusive, DateTimeOffset? NextCheckAt,
    Guid? ApprovalId, int? ApprovedStep, string Reason, string Detail, DateTimeOffset StartedAt, DateTimeOffset ChangedAt, long Generation)
{
    public static RolloutAnswer Of(RolloutRow row, PiiGuard pii) => new(
        row.Namespace, row.Name, row.Model, row.Version, row.Phase, row.Step, row.StepStartedAt, row.Weight, row.ShadowPercent, row.Failures, row.Inconclusive, row.NextCheckAt, row.ApprovalId, row.ApprovedStep,
        row.Reason, pii.Clean(row.Detail), row.StartedAt, row.ChangedAt, row.Generation);
}

/// <summary>A rollout with all that is known of it.</summary>
/// <param name="Rollout">Where it is.</param>
/// <param name="WaitsFor">The gate; null = it does not wait.</param>
/// <param name="Hint">Who can do what about it.</param>
/// <param name="Steps">Its steps as its ModelVersion says, with those that are unsaid.</param>
/// <param name="Analysis">The newest results, the newest last.</param>
/// <param name="History">Its changes, the newest first.</param>
internal sealed record RolloutDetail(RolloutAnswer Rollout, string? WaitsFor, string? Hint, JsonElement Steps, IReadOnlyList<AnalysisAnswer> Analysis, IReadOnlyList<RolloutChangeAnswer> History);

/// <summary>One figure of an analysis.</summary>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">Of this version; null = unknown.</param>
/// <param name="Baseline">Of the stable version; null = unknown, or there is none for it.</param>
/// <param name="Samples">What it was counted on.</param>
/// <param name="Verdict"><c>Pass</c>, <c>Fail</c> or <c>Inconclusive</c>.</param>
/// <param name="At">When.</param>
internal sealed record AnalysisAnswer(string Metric, decimal? Value, decimal? Baseline, long Samples, string Verdict, DateTimeOffset At)
{
    public static IReadOnlyList<AnalysisAnswer> All(string json) =>
        [.. AnalysisResults.Read(json).Select(result => new AnalysisAnswer(result.Metric.ToString(), result.Value, result.Baseline, result.Samples, result.Verdict.ToString(), result.At))];
}

/// <summary>One change.</summary>
internal sealed record RolloutChangeAnswer(
    long Generation, string Reason, string Detail, string Actor, RolloutPhase Phase, int Step, int Weight, int ShadowPercent, Guid? ApprovalId, IReadOnlyList<AnalysisAnswer>? Results, DateTimeOffset At, Guid LeafId)
{
    public static RolloutChangeAnswer Of(RolloutChangeRow row, PiiGuard pii) => new(
        row.Generation, row.Reason, pii.Clean(row.Detail), row.Actor, row.Phase, row.Step, row.Weight, row.ShadowPercent, row.ApprovalId, row.Results is null ? null : AnalysisAnswer.All(row.Results), row.At, row.LeafId);
}
