using System.Text.Json.Serialization;
using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Replay;

/// <summary>A stored decision, scored again from its stored vector by the version that made it.</summary>
/// <param name="Id">The decision's.</param>
/// <param name="ModelVersion"><c>name@version</c>.</param>
/// <param name="ModelDigest">Of the artifact that computed it, then and now.</param>
/// <param name="Score">Now.</param>
/// <param name="Margin">Now.</param>
/// <param name="StoredScore">Of record.</param>
/// <param name="StoredMargin">Of record.</param>
/// <param name="EngineFingerprint">Runtime, machine, code and artifact now.</param>
/// <param name="StoredEngineFingerprint">The same when it was made.</param>
/// <param name="SameEngine">The two are equal: then every bit must be.</param>
/// <param name="BitEqual">Margin and score are the stored ones, bit for bit.</param>
/// <param name="WithinTolerance">They are no further apart than <paramref name="Tolerance"/>.</param>
/// <param name="Tolerance">Of the margin relative to max(1, |margin|); of the score 2e-6.</param>
/// <param name="Holds">Bit-equal on the same engine, within the tolerance on another.</param>
/// <param name="DecisionByModel">What the score of now leads to by the thresholds of then, without rules.</param>
/// <param name="StoredDecisionByModel">What the score of record leads to by them.</param>
/// <param name="StoredDecision">The decision of record: the worst of model and rules.</param>
/// <param name="ExplanationEqual">The explanation made now is the stored one, byte for byte; null where none is stored.</param>
internal sealed record ReplayAnswer(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("model_digest")] string ModelDigest,
    [property: JsonPropertyName("score")] double? Score,
    [property: JsonPropertyName("margin")] double? Margin,
    [property: JsonPropertyName("stored_score")] double StoredScore,
    [property: JsonPropertyName("stored_margin")] double StoredMargin,
    [property: JsonPropertyName("engine_fingerprint")] string EngineFingerprint,
    [property: JsonPropertyName("stored_engine_fingerprint")] string StoredEngineFingerprint,
    [property: JsonPropertyName("same_engine")] bool SameEngine,
    [property: JsonPropertyName("bit_equal")] bool BitEqual,
    [property: JsonPropertyName("within_tolerance")] bool WithinTolerance,
    [property: JsonPropertyName("tolerance")] double Tolerance,
    [property: JsonPropertyName("holds")] bool Holds,
    [property: JsonPropertyName("decision_by_model")] Decision DecisionByModel,
    [property: JsonPropertyName("stored_decision_by_model")] Decision StoredDecisionByModel,
    [property: JsonPropertyName("stored_decision")] Decision StoredDecision,
    [property: JsonPropertyName("explanation_equal")] bool? ExplanationEqual)
{
    public static ReplayAnswer Of(ReplayOutcome.Replayed replayed, bool? explanationEqual) => new(
        replayed.Stored.Id, replayed.Engine.ModelVersion, replayed.Engine.Digest, Finite(replayed.Score), Finite(replayed.Margin), replayed.Stored.Score!.Value, replayed.Stored.Margin!.Value,
        replayed.Fingerprint, replayed.Engine.Fingerprint, replayed.IsSameEngine, replayed.IsBitEqual, replayed.IsWithinTolerance, replayed.Tolerance, replayed.Holds, replayed.ByModel, replayed.StoredByModel,
        replayed.Stored.Decision, explanationEqual);

    /// <summary>A vector that was changed may have no score; JSON has no NaN.</summary>
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
