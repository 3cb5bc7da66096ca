using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Drift.Api;

/// <summary>The paths under which drift was asked for before there were policies, with their field names.</summary>
internal static class AgentDriftApi
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public static void MapAgentDrift(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/agent/compliance/drift").WithTags("Drift");
        group.MapGet("/status", StatusAsync).RequirePermission(Permissions.ModelRead).WithName("AgentDriftStatus").WithSummary("How the deciding model is watched, and the last checks.");
        group.MapPost("/check", CheckAsync).RequirePermission(Permissions.ModelDriftCheck).WithName("AgentDriftCheck").WithSummary("Compare the last 24 hours of the deciding model with its reference, now.");
    }

    private static async Task<Ok<AgentDriftStatus>> StatusAsync(AgentDriftStatuses statuses, CancellationToken cancellationToken) =>
        TypedResults.Ok(await statuses.ReadAsync(ModelRouter.DefaultNamespace, cancellationToken));

    private static async Task<Results<Ok<AgentDriftCheck>, ProblemHttpResult>> CheckAsync(
        HttpContext context, DriftChecks checks, DriftEvaluator evaluator, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await evaluator.VersionAsync(ModelRouter.DefaultNamespace, null, null, cancellationToken) is not { } version)
        {
            return TypedResults.Problem("No model decides in the namespace default: there is nothing to watch.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
        }

        bool hasReference = await evaluator.HasReferenceAsync(version.Id, cancellationToken);
        DriftCheckRow row = await checks.RunAsync(DriftAsking.RequestOf(version, ModelRouter.DefaultNamespace, Window, null, Caller.NameOf(context), time.GetUtcNow()), cancellationToken);
        return TypedResults.Ok(AgentDriftCheck.Of(row) with { Status = hasReference ? AgentDriftCheck.StatusOf(row) : "no_reference" });
    }
}

/// <summary>How the model is watched.</summary>
internal sealed record AgentDriftStatus(
    [property: JsonPropertyName("has_reference")] bool HasReference,
    [property: JsonPropertyName("reference_samples")] long ReferenceSamples,
    [property: JsonPropertyName("current_window_size")] long CurrentWindowSize,
    [property: JsonPropertyName("last_check")] DateTimeOffset? LastCheck,
    [property: JsonPropertyName("retrain_triggered_count")] int RetrainTriggeredCount,
    [property: JsonPropertyName("recent_checks")] IReadOnlyList<AgentDriftCheck> RecentChecks,
    [property: JsonPropertyName("thresholds")] AgentDriftThresholds Thresholds);

/// <summary>From where on it counts; policies have their own.</summary>
internal sealed record AgentDriftThresholds(
    [property: JsonPropertyName("psi")] double Psi, [property: JsonPropertyName("ks_p_value")] double KsPValue, [property: JsonPropertyName("min_samples")] int MinSamples);

/// <summary>One feature.</summary>
internal sealed record AgentDriftFeature(
    [property: JsonPropertyName("psi")] double? Psi,
    [property: JsonPropertyName("ks_statistic")] double? KsStatistic,
    [property: JsonPropertyName("ks_p_value")] double? KsPValue,
    [property: JsonPropertyName("drifted")] bool Drifted);

/// <summary>One check.</summary>
internal sealed record AgentDriftCheck(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("severity")] string Severity,
    [property: JsonPropertyName("max_psi")] double? MaxPsi,
    [property: JsonPropertyName("drifted_features")] IReadOnlyList<string> DriftedFeatures,
    [property: JsonPropertyName("feature_details")] IReadOnlyDictionary<string, AgentDriftFeature> FeatureDetails,
    [property: JsonPropertyName("samples_checked")] long SamplesChecked,
    [property: JsonPropertyName("should_retrain")] bool ShouldRetrain,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("check_id")] Guid CheckId)
{
    public static string StatusOf(DriftCheckRow row) => !row.Judged ? "insufficient_data" : row.Breach ? "drift_detected" : "stable";

    public static AgentDriftCheck Of(DriftCheckRow row)
    {
        SortedDictionary<string, AgentDriftFeature> details = new(StringComparer.Ordinal);
        using JsonDocument report = JsonDocument.Parse(row.Report);
        foreach (JsonElement feature in report.RootElement.GetProperty("features").EnumerateArray())
        {
            details[feature.GetProperty("name").GetString()!] = new AgentDriftFeature(Number(feature, "psi"), Number(feature, "ks_low"), Number(feature, "p_value"), feature.GetProperty("drifts").GetBoolean());
        }

        string severity = row.Severity switch { DriftSeverity.None => "none", DriftSeverity.Warning => "moderate", _ => "high" };
        return new AgentDriftCheck(
            StatusOf(row), severity, row.MaxPsi, [.. details.Where(pair => pair.Value.Drifted).Select(pair => pair.Key)], details, row.Samples, row.Severity == DriftSeverity.Critical, row.CheckedAt, row.Id);
    }

    private static double? Number(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
}
