using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>Model versions and the one row a namespace that says which of them decides.</summary>
internal sealed class ModelRegistry(IDatabase database, TimeProvider time)
{
    /// <summary>Registers an artifact; the same bytes under the same name are the same version.</summary>
    /// <exception cref="ConfigurationRefusedException">Name and version are taken by other bytes: versions are immutable.</exception>
    public async Task<long> RegisterAsync(string @namespace, ModelArtifact artifact, string origin, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        ModelManifest manifest = artifact.Manifest;
        var existing = await db.ModelVersions
            .Where(row => row.Namespace == @namespace && row.Model == manifest.Model && row.Version == manifest.Version)
            .Select(row => new { row.Id, row.Digest })
            .FirstOrDefaultAsync(cancellationToken);
        if (existing is not null)
        {
            return existing.Digest == artifact.Digest
                ? existing.Id
                : throw new ConfigurationRefusedException(
                    $"{manifest.Model} {manifest.Version} is registered with digest {existing.Digest}; this artifact has {artifact.Digest}. Give it a new version.");
        }

        ModelVersionRow row = new()
        {
            Namespace = @namespace,
            Model = manifest.Model,
            Version = manifest.Version,
            Digest = artifact.Digest,
            Artifact = artifact.ToZip(),
            ReviewAt = manifest.Thresholds.ReviewAt,
            BlockAt = manifest.Thresholds.BlockAt,
            Origin = origin,
            RegisteredAt = time.GetUtcNow(),
        };
        db.ModelVersions.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    /// <summary>Routes a namespace to a version: one write.</summary>
    public async Task RouteAsync(string @namespace, long versionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        DateTimeOffset now = time.GetUtcNow();
        int changed = await db.ModelRoutes.Where(row => row.Namespace == @namespace).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.StableVersionId, versionId).SetProperty(row => row.Generation, row => row.Generation + 1).SetProperty(row => row.ChangedAt, now),
            cancellationToken);
        if (changed == 0)
        {
            db.ModelRoutes.Add(new ModelRouteRow { Namespace = @namespace, StableVersionId = versionId, Generation = 1, ChangedAt = now });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>Every namespace's version and its digest.</summary>
    public async Task<List<RouteTarget>> RoutesAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await (
            from route in db.ModelRoutes
            join version in db.ModelVersions on route.StableVersionId equals version.Id
            orderby route.Namespace
            select new RouteTarget { Namespace = route.Namespace, VersionId = version.Id, Digest = version.Digest }).ToListAsync(cancellationToken);
    }
}

/// <summary>Where a namespace's transactions are scored.</summary>
internal sealed record RouteTarget
{
    public required string Namespace { get; init; }

    public required long VersionId { get; init; }

    public required string Digest { get; init; }
}
