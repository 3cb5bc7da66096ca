using System.Text.Json.Nodes;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>Which models there are, and which version of them decides where.</summary>
internal static class ModelsApi
{
    private const int MostRows = 1000;

    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder models = app.MapGroup("/v1/models").WithTags("Models").RequirePermission(Permissions.ModelRead);
        models.MapGet("/", ListAsync).WithName("ListModels").WithSummary("The models of a namespace.");
        models.MapGet("/{model}/versions", VersionsAsync).WithName("ListModelVersions").WithSummary("The versions of a model.");
        models.MapGet("/{model}/versions/{version}", VersionAsync).WithName("GetModelVersion").WithSummary("A version with its features, thresholds, provenance and metrics.");
        app.MapReadiness();
        return app;
    }

    private static async Task<Ok<ModelList>> ListAsync(IDatabase database, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<VersionSummary> versions = await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace), cancellationToken);
        return TypedResults.Ok(new ModelList(
            [.. versions.GroupBy(version => version.Model).Select(group => new ModelSummary(group.Key, group.Count(), group.FirstOrDefault(version => version.DecidesFor.Count > 0)?.Version))]));
    }

    private static async Task<Results<Ok<VersionList>, ProblemHttpResult>> VersionsAsync(
        string model, IDatabase database, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<VersionSummary> versions = await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace && row.Model == model), cancellationToken);
        return versions.Count == 0
            ? NotFound($"The namespace {@namespace} has no model {model}: GET /v1/models lists those there are.")
            : TypedResults.Ok(new VersionList([.. versions.OrderByDescending(version => version.Version, SemanticVersion.Precedence)]));
    }

    private static async Task<Results<Ok<VersionDetail>, ProblemHttpResult>> VersionAsync(
        string model, string version, IDatabase database, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        await using FinObsDbContext db = database.CreateContext();
        VersionSummary? summary = (await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace && row.Model == model && row.Version == version), cancellationToken)).FirstOrDefault();
        if (summary is null)
        {
            return NotFound($"The namespace {@namespace} has no version {version} of {model}: GET /v1/models/{model}/versions lists those there are.");
        }

        string? manifest = await db.Artifacts.Where(row => row.Digest == summary.Digest).Select(row => row.Manifest).FirstOrDefaultAsync(cancellationToken);
        JsonObject? said = manifest is null ? null : JsonNode.Parse(manifest) as JsonObject;
        JsonNode? training = Take(said, "training");
        return TypedResults.Ok(new VersionDetail(summary, Take(said, "format"), Take(said, "features"), training, Take(training as JsonObject, "metrics")));
    }

    internal static async Task<List<VersionSummary>> SummariesAsync(FinObsDbContext db, IQueryable<ModelVersionRow> rows, CancellationToken cancellationToken)
    {
        var found = await (
            from row in rows
            join thresholds in db.ModelThresholds on row.Id equals thresholds.VersionId into overrides
            from given in overrides.DefaultIfEmpty()
            orderby row.Model, row.Id
            select new { Row = row, ReviewAt = given == null ? row.ReviewAt : given.ReviewAt, BlockAt = given == null ? row.BlockAt : given.BlockAt }).Take(MostRows).ToListAsync(cancellationToken);
        var routes = await db.ModelRoutes.Where(route => route.StableVersionId != null).OrderBy(route => route.Namespace)
            .Select(route => new { route.Namespace, route.StableVersionId }).ToListAsync(cancellationToken);
        return [.. found.Select(version => new VersionSummary(
            version.Row.Model, version.Row.Version, version.Row.Digest, version.Row.Origin, version.Row.RegisteredAt, new DecisionThresholds(version.ReviewAt, version.BlockAt),
            [.. routes.Where(route => route.StableVersionId == version.Row.Id).Select(route => route.Namespace)]))];
    }

    /// <summary>A node has one parent: it is taken out of its own.</summary>
    private static JsonNode? Take(JsonObject? from, string name) => from?[name]?.DeepClone();

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
