using System.Text.Json.Nodes;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models.Readiness;
using FinObs.Scoring.Artifacts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Models;

/// <summary>Which models there are, and which version of them decides where.</summary>
internal static class ModelsApi
{
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder models = app.MapGroup("/v1/models").WithTags("Models").RequirePermission(Permissions.ModelRead);
        models.MapGet("/", ListAsync).WithName("ListModels").WithSummary("The models of a namespace.");
        models.MapGet("/{model}/versions", VersionsAsync).WithName("ListModelVersions").WithSummary("The versions of a model.");
        models.MapGet("/{model}/versions/{version}", VersionAsync).WithName("GetModelVersion").WithSummary("A version with its features, thresholds, provenance and metrics.");
        app.MapReadiness();
        return app;
    }

    private static async Task<Ok<ModelList>> ListAsync(ModelCatalogue catalogue, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace) =>
        TypedResults.Ok(await catalogue.ListAsync(@namespace, cancellationToken));

    private static async Task<Results<Ok<VersionList>, ProblemHttpResult>> VersionsAsync(
        string model, ModelCatalogue catalogue, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace) =>
        await catalogue.VersionsAsync(@namespace, model, cancellationToken) is { Items.Count: > 0 } versions
            ? TypedResults.Ok(versions)
            : NotFound($"The namespace {@namespace} has no model {model}: GET /v1/models lists those there are.");

    private static async Task<Results<Ok<VersionDetail>, ProblemHttpResult>> VersionAsync(
        string model, string version, ModelCatalogue catalogue, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace) =>
        await catalogue.FindAsync(@namespace, model, version, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : NotFound($"The namespace {@namespace} has no version {version} of {model}: GET /v1/models/{model}/versions lists those there are.");

    private static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");
}

/// <summary>The models of a namespace.</summary>
internal sealed record ModelList(IReadOnlyList<ModelSummary> Items);

/// <summary>A model.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Versions">How many versions it has.</param>
/// <param name="Deciding">The one that decides; null = none of them.</param>
internal sealed record ModelSummary(string Model, int Versions, string? Deciding);

/// <summary>The versions of a model, the highest first.</summary>
internal sealed record VersionList(IReadOnlyList<VersionSummary> Items);

/// <summary>A version.</summary>
/// <param name="Model">Its model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Digest">Content address of its artifact: <c>GET /v1/artifacts/{digest}</c>.</param>
/// <param name="Origin">Who registered it.</param>
/// <param name="RegisteredAt">When.</param>
/// <param name="Thresholds">The thresholds in force.</param>
/// <param name="DecidesFor">The namespaces whose route leads to it.</param>
internal sealed record VersionSummary(
    string Model, string Version, string Digest, string Origin, DateTimeOffset RegisteredAt, DecisionThresholds Thresholds, IReadOnlyList<string> DecidesFor);

/// <summary>A version with what its manifest says.</summary>
internal sealed record VersionDetail(VersionSummary Version, JsonNode? Format, JsonNode? Features, JsonNode? Training, JsonNode? Metrics);
