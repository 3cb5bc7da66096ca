using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;

namespace FinObs.DataPlane.Drift;

/// <summary>Says how a policy stands, from its last check.</summary>
internal static class DriftPolicyStatuses
{
    private const int MostFeatures = 10;

    public static DriftPolicyStatus Of(DriftPolicySpec spec, PolicyFinding reference, DriftCheckRow? last, DateTimeOffset now)
    {
        List<DriftedFeature> drifted = last is null ? [] : Drifted(last.Report);
        return new DriftPolicyStatus
        {
            LastEvaluation = last is null ? null : new DriftEvaluation
            {
                At = last.CheckedAt,
                From = last.WindowFrom,
                To = last.WindowTo,
                Samples = last.Samples,
                ReportDigest = last.ReportDigest,
            },
            Severity = last?.Severity,
            DriftedFeatures = drifted,
            DriftedCount = last?.Drifted,
            MaxPsi = last?.MaxPsi is { } psi ? (decimal)Math.Round(psi, 4) : null,
            Breaches = last is null ? null : string.Create(CultureInfo.InvariantCulture, $"{last.Counter().Count}/{spec.Trigger.OutOf}"),
            CooldownUntil = last?.QuietUntil is { } until && until > now ? until : null,
            Conditions = Conditions(spec, reference, last, now),
        };
    }

    private static Condition[] Conditions(DriftPolicySpec spec, PolicyFinding reference, DriftCheckRow? last, DateTimeOffset now)
    {
        (ConditionStatus status, string reason, string message) evaluated = DriftSchedule.Of(spec) is null
            ? (ConditionStatus.False, DriftPolicyReasons.EvaluationFailed, $"spec.schedule: {spec.Schedule} is no cron expression of five fields (minute hour day month weekday).")
            : last switch
            {
                null => (ConditionStatus.Unknown, DriftPolicyReasons.NotYetDue, "The first check is still to come."),
                { Judged: false } => (ConditionStatus.False, DriftPolicyReasons.TooFewSamples, string.Create(
                    CultureInfo.InvariantCulture, $"The window from {last.WindowFrom:u} to {last.WindowTo:u} had {last.Samples} scored transactions; window.minSamples is {spec.Window.MinSamples}.")),
                _ => (ConditionStatus.True, DriftPolicyReasons.EvaluatedOnSchedule, string.Create(CultureInfo.InvariantCulture, $"{last.Samples} transactions from {last.WindowFrom:u} to {last.WindowTo:u}: /v1/drift/checks/{last.Id}")),
            };
        (ConditionStatus status, string reason, string message) drifting = last switch
        {
            null or { BreachChecks: 0 } => (ConditionStatus.Unknown, DriftPolicyReasons.NotEvaluated, "No window was judged yet."),
            { Drifting: true } when last.QuietUntil > now && last.Followed.Length == 0 => (ConditionStatus.True, DriftPolicyReasons.CoolingDown, $"It drifts, has acted, and is quiet until {last.QuietUntil:u}."),
            { Drifting: true } => (ConditionStatus.True, DriftPolicyReasons.Breached, Followed(last)),
            _ => (ConditionStatus.False, DriftPolicyReasons.NoDrift, $"{last.Counter().Count} of the last {last.BreachChecks} checks breached; {spec.Trigger.Breaches} are needed."),
        };
        bool ready = reference.Found && evaluated.status != ConditionStatus.False;
        string[] unbuilt = [.. DriftTargets.Unbuilt(spec)];
        string note = unbuilt.Length == 0 ? "" : $" Left out: {string.Join("; ", unbuilt)}.";
        return
        [
            Of(DriftPolicyConditions.ReferenceAvailable, reference.Found ? ConditionStatus.True : ConditionStatus.False, reference.Reason, reference.Message),
            Of(DriftPolicyConditions.Evaluated, evaluated.status, evaluated.reason, evaluated.message),
            Of(DriftPolicyConditions.Drifting, drifting.status, drifting.reason, drifting.message),
            Of(ConditionTypes.Ready, ready ? ConditionStatus.True : ConditionStatus.False, ready ? CommonReasons.Succeeded : reference.Found ? evaluated.reason : reference.Reason,
                ready ? $"It is checked on schedule.{note}" : reference.Found ? evaluated.message : reference.Message),
        ];

        Condition Of(string type, ConditionStatus status, string reason, string message) => new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = now };
    }

    private static string Followed(DriftCheckRow last) => last.Followed.Length == 0 ? "It drifts." : $"It drifts; what followed: {last.Followed.Replace("\n", "; ", StringComparison.Ordinal)}.";

    /// <summary>As the report says, worst first in terms of their own thresholds.</summary>
    public static List<DriftedFeature> Drifted(string report)
    {
        using JsonDocument document = JsonDocument.Parse(report);
        return
        [
            .. document.RootElement.GetProperty("features").EnumerateArray().Where(feature => feature.GetProperty("drifts").GetBoolean()).Select(feature => new DriftedFeature
            {
                Name = feature.GetProperty("name").GetString()!,
                Test = feature.GetProperty("test").GetString()!,
                Value = Number(feature, "value") ?? 0,
                Threshold = Number(feature, "threshold") ?? 0,
                QValue = Number(feature, "q_value"),
            }).OrderByDescending(feature => feature.Threshold == 0 ? 0 : feature.Value / feature.Threshold).Take(MostFeatures),
        ];
    }

    private static decimal? Number(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDecimal() : null;
}
