using System.Text.Json;
using FinObs.Scoring.Evaluation;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>The gate of a worker's report, judged again: a worker says what it measured, the rule is applied here.</summary>
/// <param name="Passed">What the worker says.</param>
/// <param name="Refusal">Why its figures do not bear that out; null where they do, or where it says that the candidate is refused.</param>
/// <param name="ArtifactDigest">What the figures are of.</param>
internal sealed record ReportedGate(bool Passed, string? Refusal, string? ArtifactDigest)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <summary>Null where it is no report: no JSON object, no verdict, or a candidate without figures.</summary>
    public static ReportedGate? Of(string report)
    {
        try
        {
            Figures? figures = JsonSerializer.Deserialize<Figures>(report, Json);
            return figures?.Gate?.Passed switch
            {
                null => null,
                false => new ReportedGate(false, null, figures.ArtifactDigest),
                true when figures is { Candidate: { } candidate, LabelledHoldOutRows: { } labelled, HoldOutFrauds: { } frauds } =>
                    new ReportedGate(true, Refused(candidate, figures.Parent, labelled, frauds), figures.ArtifactDigest),
                true => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Refused(HoldOutMetrics candidate, HoldOutMetrics? parent, long labelled, long frauds)
    {
        if (frauds < 0 || frauds > labelled || !IsPossible(candidate) || (parent is not null && !IsPossible(parent)))
        {
            return "The report's figures cannot be: a share outside of 0 to 1, or more frauds than labels.";
        }

        GateVerdict verdict = CandidateGate.Judge(candidate, parent, labelled, frauds);
        return verdict.Passed ? null : $"The report says that the gate was passed; by its own figures it was not: {verdict.Reason}";
    }

    private static bool IsPossible(HoldOutMetrics metrics) =>
        new[] { metrics.AveragePrecision ?? 0, metrics.Auc ?? 0, metrics.RecallAt1Percent ?? 0, metrics.PrecisionAt100 ?? 0, metrics.AlertRate, metrics.ExpectedAlertRate, metrics.BlockRate }.All(share => share is >= 0 and <= 1);

    private sealed class Figures
    {
        public HoldOutMetrics? Candidate { get; init; }

        public HoldOutMetrics? Parent { get; init; }

        public long? LabelledHoldOutRows { get; init; }

        public long? HoldOutFrauds { get; init; }

        public Verdict? Gate { get; init; }

        public string? ArtifactDigest { get; init; }
    }

    private sealed class Verdict
    {
        public bool? Passed { get; init; }
    }
}
