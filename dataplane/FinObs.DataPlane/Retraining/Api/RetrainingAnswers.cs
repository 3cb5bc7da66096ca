using System.Text.Json;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>A window that somebody wants.</summary>
/// <param name="Namespace">Tenant; <c>default</c> where left out.</param>
/// <param name="Model">For which model.</param>
/// <param name="From">Received at or after; <c>Retraining:Window</c> before <paramref name="To"/> where left out.</param>
/// <param name="To">Received before; now where left out.</param>
/// <param name="AsOf">Labels given later do not count; now where left out.</param>
internal sealed record NewTrainingWindow(string? Namespace, string? Model, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? AsOf);

/// <summary>A frozen window. Digest and rows are known once it was read whole.</summary>
internal sealed record TrainingWindowAnswer(
    Guid Id, string Namespace, string Model, DateTimeOffset From, DateTimeOffset To, DateTimeOffset AsOf, double MaturitySeconds, string RequestedBy, DateTimeOffset FrozenAt, Guid LeafId, string? DataDigest, long? Rows)
{
    public static TrainingWindowAnswer Of(TrainingWindowRow row) => new(
        row.Id, row.Namespace, row.Model, row.From, row.To, row.AsOf, TimeSpan.FromMicroseconds(row.Maturity).TotalSeconds, row.RequestedBy, row.FrozenAt, row.LeafId, row.DataDigest, row.Rows);
}

/// <summary>A run that somebody wants.</summary>
/// <param name="Namespace">Tenant; <c>default</c> where left out.</param>
/// <param name="Model">Which model; the one that decides where left out.</param>
/// <param name="From">As of a window.</param>
/// <param name="To">As of a window.</param>
/// <param name="AsOf">As of a window.</param>
/// <param name="Reason">Why, at most 1,000 characters.</param>
/// <param name="DedupeKey">Asked twice with one key there is one run; at most 200 characters.</param>
internal sealed record NewRetrainingRun(string? Namespace, string? Model, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? AsOf, string? Reason, string? DedupeKey)
{
    private const int LongestReason = 1_000;
    private const int LongestKey = 200;

    public string? Problem() =>
        Reason?.Length > LongestReason ? $"reason may have {LongestReason} characters."
        : DedupeKey is { Length: 0 or > LongestKey } ? $"dedupeKey has 1 to {LongestKey} characters."
        : null;
}

/// <summary>A run: where it is, and what came of it.</summary>
internal sealed record RetrainingRunAnswer(
    Guid Id, string Namespace, string Model, string Trigger, string Reason, string DedupeKey, Guid WindowId, string RequestedBy, DateTimeOffset RequestedAt, DateTimeOffset DeadlineAt, string State, int Attempt,
    double Progress, string? Step, string? ParentVersion, string? Candidate, string? CandidateVersion, string? ArtifactDigest, string? Failure, DateTimeOffset? EndedAt, string? Resource)
{
    public static RetrainingRunAnswer Of(RetrainingRunRow row) => new(
        row.Id, row.Namespace, row.Model, row.Trigger.ToString(), row.Reason, row.DedupeKey, row.WindowId, row.RequestedBy, row.RequestedAt, row.DeadlineAt, row.State.ToString(), row.Attempt, row.Progress, row.Step, row.ParentVersion,
        row.Candidate?.ToString(), row.CandidateVersion, row.ArtifactDigest, row.Failure, row.EndedAt,
        row.Candidate == CandidateOutcome.Registered ? $"/v1/namespaces/{row.Namespace}/modelversions/{row.ResourceName}" : null);
}

/// <summary>A page, newest first.</summary>
internal sealed record RetrainingRunPage(IReadOnlyList<RetrainingRunAnswer> Items, Guid? Next);

/// <summary>A change of a run's state.</summary>
internal sealed record RetrainingChangeAnswer(string State, int Attempt, string Actor, DateTimeOffset At, string? Detail, Guid LeafId);

/// <summary>A run with its changes and, once it is over, the worker's report.</summary>
internal sealed record RetrainingRunDetail(RetrainingRunAnswer Run, IReadOnlyList<RetrainingChangeAnswer> Changes, JsonElement? Report)
{
    public static RetrainingRunDetail Of(RetrainingRunRow run, IReadOnlyList<RetrainingChangeRow> changes) => new(
        RetrainingRunAnswer.Of(run), [.. changes.Select(change => new RetrainingChangeAnswer(change.State.ToString(), change.Attempt, change.Actor, change.At, change.Detail, change.LeafId))],
        changes.LastOrDefault(change => change.Report is not null)?.Report is { } report ? JsonElement.Parse(report) : null);
}

/// <summary>What a run has trained.</summary>
/// <param name="Namespace">Where it belongs.</param>
/// <param name="Name">Name of its ModelVersion.</param>
/// <param name="Reason">Why it was trained.</param>
/// <param name="Spec">Spec of its ModelVersion, in stage Shadow.</param>
internal sealed record CandidateAnswer(string Namespace, string Name, string Reason, JsonElement Spec);

/// <summary>Why a run is stopped.</summary>
internal sealed record CancelRun(string? Reason);

/// <summary>What a worker needs to know; the lease is shown with each word on the run.</summary>
internal sealed record ClaimedRun(
    string Lease, int Attempt, string Model, string Version, string? ParentVersion, string? ParentDigest, Guid WindowId, DateTimeOffset TrainedAt, string BaseCurrency, string TimeZone, DateTimeOffset LeaseUntil, DateTimeOffset DeadlineAt);

/// <summary>Where a worker is.</summary>
/// <param name="Lease">Its own.</param>
/// <param name="Fraction">0..1.</param>
/// <param name="Step">In words, at most 100 characters.</param>
internal sealed record WorkerProgress(string Lease, double Fraction, string? Step);

/// <summary>What a worker has found.</summary>
/// <param name="Lease">Its own.</param>
/// <param name="Failure">Why there is nothing, in a sentence of at most 1,000 characters; left out where there is a report.</param>
/// <param name="Report">With <c>gate.passed</c>.</param>
/// <param name="ArtifactDigest">Of the uploaded candidate, where the gate was passed.</param>
internal sealed record WorkerResult(string Lease, string? Failure, JsonElement? Report, string? ArtifactDigest);
