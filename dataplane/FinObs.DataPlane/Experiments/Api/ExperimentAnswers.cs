using System.Text.Json;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Pii;

namespace FinObs.DataPlane.Experiments.Api;

/// <summary>Why something is done to an experiment.</summary>
/// <param name="Reason">Goes to the audit log; at most 1,000 characters.</param>
internal sealed record ExperimentVerbRequest(string? Reason);

/// <summary>The experiments of a namespace.</summary>
internal sealed record ExperimentList(IReadOnlyList<ExperimentAnswer> Items);

/// <summary>Where an experiment is.</summary>
/// <param name="Namespace">Where.</param>
/// <param name="Name">Of its ABExperiment.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Mode"><c>Split</c> or <c>PairedShadow</c>.</param>
/// <param name="Arms">Versions by arm.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Units">That took part, at the last look.</param>
/// <param name="Verdict">Of the last look.</param>
/// <param name="Winner">The arm that won.</param>
/// <param name="Reason">Why it last changed.</param>
/// <param name="Detail">The same in a sentence.</param>
/// <param name="StartedAt">Null: it has not begun.</param>
/// <param name="ServingSince">Since when its arms decide or score; null = not yet.</param>
/// <param name="NextLookAt">When it is evaluated next.</param>
/// <param name="ApprovalId">The last request that people agree to its promotion.</param>
/// <param name="PromotedBy">Who agreed.</param>
/// <param name="Generation">Counts its changes.</param>
internal sealed record ExperimentAnswer(
    string Namespace, string Name, string Model, string Mode, IReadOnlyDictionary<string, string> Arms, string Phase, long? Units, string? Verdict, string? Winner, string? Reason, string? Detail, DateTimeOffset? StartedAt,
    DateTimeOffset? ServingSince, DateTimeOffset? NextLookAt, Guid? ApprovalId, string? PromotedBy, long Generation)
{
    public static ExperimentAnswer Of(string @namespace, string name, ABExperimentSpec spec, ExperimentRow? row, PiiGuard pii)
    {
        ExperimentEvaluation? last = ExperimentEvaluation.Read(row?.Evaluation);
        return new ExperimentAnswer(
            @namespace, name, spec.Model, spec.Mode.ToString(), spec.Arms.ToDictionary(arm => arm.Name, arm => arm.Version), (row?.Phase ?? ExperimentPhase.Draft).ToString(), last?.Arms.Sum(arm => arm.Units), last?.Verdict.ToString(), row?.Winner,
            row?.Reason, row is null ? null : pii.Clean(row.Detail), row?.StartedAt, row?.ServingSince, row?.NextLookAt, row?.ApprovalId, row?.PromotedBy, row?.Generation ?? 0);
    }
}

/// <summary>An experiment with its spec and its history.</summary>
/// <param name="Experiment">Where it is.</param>
/// <param name="Spec">As it was asked for.</param>
/// <param name="History">Its changes, the newest first.</param>
internal sealed record ExperimentDetail(ExperimentAnswer Experiment, JsonElement Spec, IReadOnlyList<ExperimentChangeAnswer> History);

/// <summary>One change.</summary>
internal sealed record ExperimentChangeAnswer(long Generation, string Reason, string Detail, string Actor, string Phase, string? Winner, Guid? ApprovalId, bool HasEvaluation, DateTimeOffset At, Guid LeafId)
{
    public static ExperimentChangeAnswer Of(ExperimentChangeRow row, PiiGuard pii) =>
        new(row.Generation, row.Reason, pii.Clean(row.Detail), row.Actor, row.Phase.ToString(), row.Winner, row.ApprovalId, row.Evaluation is not null, row.At, row.LeafId);
}

/// <summary>What an experiment has found.</summary>
/// <param name="Experiment">Where it is.</param>
/// <param name="Evaluation">The last look with all its figures: counts of each arm, tests, guardrails, verdict; null = none was taken yet.</param>
internal sealed record ExperimentResults(ExperimentAnswer Experiment, JsonElement? Evaluation)
{
    public static ExperimentResults Of(ExperimentAnswer answer, ExperimentRow? row) =>
        new(answer, ExperimentEvaluation.Read(row?.Evaluation) is { } last ? JsonSerializer.SerializeToElement(last, ExperimentEvaluation.Json) : null);
}
