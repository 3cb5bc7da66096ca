using System.Text.Json.Nodes;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>Reads which models and versions there are, and what their manifests say.</summary>
internal sealed class ModelCatalogue(IDatabase database)
{
    private const int MostRows = 1000;

    public async Task<ModelList> ListAsync(string @namespace, CancellationToken cancellationToken)
    {
        List<VersionSummary> versions = await AllAsync(@namespace, cancellationToken);
        return new ModelList(
            [.. versions.GroupBy(version => version.Model).Select(group => new ModelSummary(group.Key, group.Count(), group.FirstOrDefault(version => version.DecidesFor.Count > 0)?.Version))]);
    }

    /// <summary>The versions of all models.</summary>
    public async Task<List<VersionSummary>> AllAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace), cancellationToken);
    }

    /// <summary>The highest first; none where there is no such model.</summary>
    public async Task<VersionList> VersionsAsync(string @namespace, string model, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<VersionSummary> versions = await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace && row.Model == model), cancellationToken);
        return new VersionList([.. versions.OrderByDescending(version => version.Version, SemanticVersion.Precedence)]);
    }

    public async Task<VersionDetail?> FindAsync(string @namespace, string model, string version, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        VersionSummary? summary = (await SummariesAsync(db, db.ModelVersions.Where(row => row.Namespace == @namespace && row.Model == model && row.Version == version), cancellationToken)).FirstOrDefault();
        if (summary is null)
        {
            return null;
        }

        string? manifest = await db.Artifacts.Where(row => row.Digest == summary.Digest).Select(row => row.Manifest).FirstOrDefaultAsync(cancellationToken);
        JsonObject? said = manifest is null ? null : JsonNode.Parse(manifest) as JsonObject;
        JsonNode? training = Take(said, "training");
        return new VersionDetail(summary, Take(said, "format"), Take(said, "features"), training, Take(training as JsonObject, "metrics"));
    }

    private static async Task<List<VersionSummary>> SummariesAsync(FinObsDbContext db, IQueryable<ModelVersionRow> rows, CancellationToken cancellationToken)
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
}
