using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Decisions;

/// <summary>The reasons of a decision as stored: a JSON array, [] for an approval that no rule said anything about.</summary>
internal static class ReasonsJson
{
    public static readonly byte[] None = "[]"u8.ToArray();

    public static readonly IReadOnlyList<DecisionReason> ModelUnavailable =
    [
        new DecisionReason(DecisionPolicy.ModelUnavailable, "", "No usable model could score this transaction; it waits for a person.", 0),
    ];

    /// <summary>The one true thing to say where no feature stands out or no explanation is possible.</summary>
    public static DecisionReason AboveThreshold(double score, ScoreExplanation explanation) => new(
        "ScoreAboveThreshold", "",
        $"Its score {score:0.000000} is among the highest of the reference window{(explanation.Reason is { } why ? $" (no explanation: {why})" : "")}.",
        explanation.Margin);

    public static byte[] Write(IReadOnlyList<DecisionReason> reasons) =>
        reasons.Count == 0 ? None : JsonSerializer.SerializeToUtf8Bytes(reasons, ReasonsJsonContext.Default.IReadOnlyListDecisionReason);

    public static IReadOnlyList<DecisionReason> Read(ReadOnlySpan<byte> json) =>
        json.SequenceEqual(None) ? [] : JsonSerializer.Deserialize(json, ReasonsJsonContext.Default.IReadOnlyListDecisionReason)!;
}

[JsonSerializable(typeof(IReadOnlyList<DecisionReason>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ReasonsJsonContext : JsonSerializerContext;
