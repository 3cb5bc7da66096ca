using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.Retraining.Evaluation;

/// <summary>What <c>evaluate</c> found; the JSON of <c>--json</c>.</summary>
internal sealed record EvaluationReport(
    string Data,
    int Rows,
    long RejectedRows,
    int TrainRows,
    int TestRows,
    int LabelledTestRows,
    long Frauds,
    string BaseCurrency,
    string TimeZone,
    IReadOnlyList<string> Features,
    IReadOnlyList<SeedMetrics> Seeds,
    DetectionMetrics Mean,
    int Reviews,
    IReadOnlyList<int> ReviewedFrauds)
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
}

/// <summary>Metrics of one training; its properties stand beside the seed.</summary>
internal sealed record SeedMetrics([property: JsonPropertyOrder(-1)] int Seed, [property: JsonIgnore] DetectionMetrics Metrics)
{
    [JsonPropertyName("auc")]
    public double? Auc => Metrics.Auc;

    [JsonPropertyName("ap")]
    public double? Ap => Metrics.Ap;

    [JsonPropertyName("recall_at_1pct")]
    public double? RecallAt1Pct => Metrics.RecallAt1Pct;

    [JsonPropertyName("recall_at_05pct")]
    public double? RecallAt05Pct => Metrics.RecallAt05Pct;

    [JsonPropertyName("precision_at_100")]
    public double? PrecisionAt100 => Metrics.PrecisionAt100;

    [JsonPropertyName("alert_rate_tenths")]
    public IReadOnlyList<double> AlertRateTenths => Metrics.AlertRateTenths;
}

/// <summary>How well frauds were found. A metric is <see langword="null"/> where the labelled test rows have no fraud, or nothing else.</summary>
/// <param name="Auc">ROC-AUC.</param>
/// <param name="Ap">Average precision.</param>
/// <param name="RecallAt1Pct">Share of frauds among the highest 1 % of labelled test rows.</param>
/// <param name="RecallAt05Pct">The same at 0.5 %.</param>
/// <param name="PrecisionAt100">Share of frauds among the highest 100.</param>
/// <param name="AlertRateTenths">Share of all test rows with a score of 0.99 or more, in ten runs of equally many rows, by time.</param>
internal sealed record DetectionMetrics(
    [property: JsonPropertyName("auc")] double? Auc,
    [property: JsonPropertyName("ap")] double? Ap,
    [property: JsonPropertyName("recall_at_1pct")] double? RecallAt1Pct,
    [property: JsonPropertyName("recall_at_05pct")] double? RecallAt05Pct,
    [property: JsonPropertyName("precision_at_100")] double? PrecisionAt100,
    [property: JsonPropertyName("alert_rate_tenths")] IReadOnlyList<double> AlertRateTenths)
{
    public static DetectionMetrics MeanOf(IReadOnlyList<DetectionMetrics> all) => new(
        all.Average(metrics => metrics.Auc),
        all.Average(metrics => metrics.Ap),
        all.Average(metrics => metrics.RecallAt1Pct),
        all.Average(metrics => metrics.RecallAt05Pct),
        all.Average(metrics => metrics.PrecisionAt100),
        [.. Enumerable.Range(0, all[0].AlertRateTenths.Count).Select(tenth => all.Average(metrics => metrics.AlertRateTenths[tenth]))]);
}
