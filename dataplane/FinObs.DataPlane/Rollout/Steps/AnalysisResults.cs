using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>Results of analyses, as they are kept.</summary>
internal static class AnalysisResults
{
    /// <summary>Kept with the rollout; all of them are in its history.</summary>
    private const int Most = 20;

    public static string Write(IReadOnlyList<AnalysisResult> results) => JsonSerializer.Serialize(results, ResourceJson.Lenient);

    public static IReadOnlyList<AnalysisResult> Read(string json) => JsonSerializer.Deserialize<AnalysisResult[]>(json, ResourceJson.Lenient) ?? [];

    /// <summary>The newest last.</summary>
    public static string Newest(string before, IReadOnlyList<AnalysisResult> results) => Write([.. Read(before).Concat(results).TakeLast(Most)]);

    public static string Sentence(IReadOnlyList<AnalysisResult> results) => string.Join(", ", results.Select(One)) + ".";

    private static string One(AnalysisResult result) =>
        $"{result.Metric} {(result.Value is { } value ? $"{value:0.######}" : "unknown")}{(result.Baseline is { } baseline ? $" (stable {baseline:0.######})" : "")} {result.Verdict}";
}
