using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Decisions;

/// <summary>The reasons of a decision as stored: a JSON array, [] for an approval.</summary>
internal static class ReasonsJson
{
    public static readonly byte[] None = "[]"u8.ToArray();

    public static readonly IReadOnlyList<ReasonCode> ModelUnavailable =
    [
        new ReasonCode(DecisionPolicy.ModelUnavailable, "", "No usable model could score this transaction; it waits for a person.", 0),
    ];

    /// <summary>The one true thing to say where no feature stands out or no explanation is possible.</summary>
    public static ReasonCode AboveThreshold(double score, ScoreExplanation explanation) => new(
        "ScoreAboveThreshold", "",
        $"Its score {score:0.000000} is among the highest of the reference window{(explanation.Reason is { } why ? $" (no explanation: {why})" : "")}.",
        explanation.Margin);

    public static byte[] Write(IReadOnlyList<ReasonCode> reasons) =>
        reasons.Count == 0 ? None : JsonSerializer.SerializeToUtf8Bytes(reasons, ReasonsJsonContext.Default.IReadOnlyListReasonCode);

    public static IReadOnlyList<ReasonCode> Read(ReadOnlySpan<byte> json) =>
        json.SequenceEqual(None) ? [] : JsonSerializer.Deserialize(json, ReasonsJsonContext.Default.IReadOnlyListReasonCode)!;
}

[JsonSerializable(typeof(IReadOnlyList<ReasonCode>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ReasonsJsonContext : JsonSerializerContext;
