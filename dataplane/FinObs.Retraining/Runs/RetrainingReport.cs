using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.Evaluation;

namespace FinObs.Retraining.Runs;

/// <summary>What a run found: the same for people, for the data plane and for whoever checks it later.</summary>
/// <param name="Model">Which model.</param>
/// <param name="Version">The candidate's.</param>
/// <param name="ParentVersion">What it was compared with; null where there was nothing.</param>
/// <param name="DataDigest">SHA-256 of the window's CSV.</param>
/// <param name="Rows">Transactions of the window.</param>
/// <param name="RejectedRows">Lines that were none.</param>
/// <param name="TrainRows">Rows trained on.</param>
/// <param name="HistoryRows">The first rows, which only filled the accounts' histories.</param>
/// <param name="LeftOut">Confirmed frauds of the training part, which were not.</param>
/// <param name="Reviews">Transactions of the training part with a known outcome: what a supervised member may be grown on.</param>
/// <param name="ReviewedFrauds">Frauds among them.</param>
/// <param name="Supervised">The member that joined; null where there were too few reviews or it ranked unseen ones worse.</param>
/// <param name="HoldOutRows">The last part by time, which both versions were measured on.</param>
/// <param name="LabelledHoldOutRows">Of them with a label.</param>
/// <param name="HoldOutFrauds">Of these fraud.</param>
/// <param name="Seed">Of the training.</param>
/// <param name="CodeVersion">Of this program.</param>
/// <param name="Candidate">On the hold-out.</param>
/// <param name="Parent">On the same hold-out.</param>
/// <param name="Gate">Whether the candidate may be one, and why.</param>
/// <param name="Drift">The window against the parent's reference, the largest shift first.</param>
/// <param name="ArtifactDigest">Of what was trained, also where it was refused.</param>
/// <param name="Seconds">What took how long.</param>
internal sealed record RetrainingReport(
    string Model, string Version, string? ParentVersion, string DataDigest, int Rows, long RejectedRows, int TrainRows, int HistoryRows, int LeftOut, int Reviews, int ReviewedFrauds, SupervisedParameters? Supervised, int HoldOutRows, int LabelledHoldOutRows, long HoldOutFrauds, ulong Seed, string CodeVersion,
    HoldOutMetrics Candidate, HoldOutMetrics? Parent, GateVerdict Gate, IReadOnlyList<WindowDrift> Drift, string ArtifactDigest, IReadOnlyDictionary<string, double> Seconds)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}

/// <summary>A feature of the window against the reference.</summary>
/// <param name="Feature">Catalogue name.</param>
/// <param name="Psi">Stability index over the frozen bins.</param>
/// <param name="ExpectedPsi">Its mean where nothing has changed.</param>
internal sealed record WindowDrift(string Feature, double Psi, double ExpectedPsi);
