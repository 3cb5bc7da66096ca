using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>Model versions, and which of them decides where.</summary>
internal sealed class ModelRegistry(IDatabase database, ArtifactStore artifacts, TimeProvider time)
{
    /// <summary>Stores an artifact and registers it; the same bytes under the same name are the same version.</summary>
    /// <exception cref="ConfigurationRefusedException">Name and version are taken by other bytes: versions are immutable.</exception>
    public async Task<long> RegisterAsync(string @namespace, ModelArtifact artifact, string origin, CancellationToken cancellationToken)
    {
        await artifacts.SaveAsync(artifact, origin, uploadedBy: null, cancellationToken);
        return await RegisterAsync(@namespace, ArtifactInfo.Of(artifact), origin, cancellationToken);
    }

    /// <summary>Registers an artifact that is stored.</summary>
    /// <exception cref="ConfigurationRefusedException">Name and version are taken by other bytes: versions are immutable.</exception>
    public async Task<long> RegisterAsync(string @namespace, ArtifactInfo artifact, string origin, CancellationToken cancellationToken)
    {
        if (await FindAsync(@namespace, artifact, cancellationToken) is { } existing)
        {
            return existing;
        }

        await using FinObsDbContext db = database.CreateContext();
        db.ModelVersions.Add(new ModelVersionRow
        {
            Namespace = @namespace,
            Model = artifact.Model,
            Version = artifact.Version,
            Digest = artifact.Digest,
            ReviewAt = artifact.Thresholds.ReviewAt,
            BlockAt = artifact.Thresholds.BlockAt,
            Origin = origin,
            RegisteredAt = time.GetUtcNow(),
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another replica was first; its row is the one. If it is something else, the next line says so.
        }

        return await FindAsync(@namespace, artifact, cancellationToken) ?? throw new InvalidOperationException("The model version could not be registered.");
    }

    /// <summary>Sets the thresholds of a version's spec. They hold for the engines that are registered from now on; a decision made keeps those it was made with.</summary>
    public async Task SetThresholdsAsync(long versionId, DecisionThresholds thresholds, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        DateTimeOffset now = time.GetUtcNow();
        int changed = await db.ModelThresholds.Where(row => row.VersionId == versionId).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ReviewAt, thresholds.ReviewAt).SetProperty(row => row.BlockAt, thresholds.BlockAt).SetProperty(row => row.ChangedAt, now), cancellationToken);
        if (changed == 0)
        {
            db.ModelThresholds.Add(new ModelThresholdsRow { VersionId = versionId, ReviewAt = thresholds.ReviewAt, BlockAt = thresholds.BlockAt, ChangedAt = now });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
            {
                // Another replica was first. Were it anything else, the thresholds would be missing, and the next look sets them.
            }
        }
    }

    /// <summary>The thresholds of a version's spec; null where the manifest's hold.</summary>
    public async Task<DecisionThresholds?> ThresholdsAsync(long versionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ModelThresholds.Where(row => row.VersionId == versionId).Select(row => new DecisionThresholds(row.ReviewAt, row.BlockAt)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Every namespace's routing record with the versions that it names.</summary>
    public async Task<List<RouteRecord>> RoutesAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<ModelRouteRow> routes = await db.ModelRoutes.OrderBy(route => route.Namespace).ToListAsync(cancellationToken);
        var split = routes.ToDictionary(route => route.Namespace, route => RouteSplit.Read(route.Split));
        long[] ids = [.. routes.Select(route => route.StableVersionId).OfType<long>().Concat(split.Values.OfType<RouteSplit>().SelectMany(one => one.Versions)).Distinct()];
        Dictionary<long, RouteTarget> versions = await (
            from version in db.ModelVersions
            join thresholds in db.ModelThresholds on version.Id equals thresholds.VersionId into overrides
            from given in overrides.DefaultIfEmpty()
            where EF.Parameter(ids).Contains(version.Id)
            select new RouteTarget
            {
                VersionId = version.Id,
                Digest = version.Digest,
                ReviewAt = given == null ? version.ReviewAt : given.ReviewAt,
                BlockAt = given == null ? version.BlockAt : given.BlockAt,
            }).ToDictionaryAsync(target => target.VersionId, cancellationToken);
        return
        [
            .. routes.Select(route => new RouteRecord(
                route.Namespace, route.Generation, route.StableVersionId is { } id ? versions.GetValueOrDefault(id) : null, split[route.Namespace],
                split[route.Namespace] is { } shared ? [.. shared.Versions.Select(version => versions.GetValueOrDefault(version)).OfType<RouteTarget>()] : [])),
        ];
    }

    /// <summary>A version by its row; null where there is none. Thresholds of its spec go before those that stand here: see <see cref="EngineDirectory"/>.</summary>
    public async Task<RouteTarget?> TargetAsync(long versionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ModelVersions.Where(version => version.Id == versionId)
            .Select(version => new RouteTarget { VersionId = version.Id, Digest = version.Digest, ReviewAt = version.ReviewAt, BlockAt = version.BlockAt }).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<long?> FindAsync(string @namespace, ArtifactInfo artifact, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var existing = await db.ModelVersions
            .Where(row => row.Namespace == @namespace && row.Model == artifact.Model && row.Version == artifact.Version)
            .Select(row => new { row.Id, row.Digest })
            .FirstOrDefaultAsync(cancellationToken);
        return existing is null || existing.Digest == artifact.Digest
            ? existing?.Id
            : throw new ConfigurationRefusedException(
                $"{artifact.Model} {artifact.Version} is registered with digest {existing.Digest}; this artifact has {artifact.Digest}. Give it a new version.");
    }
}

/// <summary>A namespace's routing record, as a process that scores needs it.</summary>
/// <param name="Namespace">Whose.</param>
/// <param name="Generation">Counts the changes of the route.</param>
/// <param name="Stable">Who decides; null = nobody.</param>
/// <param name="Split">The shares beside it; null = it decides everything.</param>
/// <param name="Others">The versions that the shares name.</param>
internal sealed record RouteRecord(string Namespace, long Generation, RouteTarget? Stable, RouteSplit? Split, IReadOnlyList<RouteTarget> Others)
{
    /// <summary>The same for what is scored alike: thresholds change without a change of the route.</summary>
    public string Key => string.Join('|', [$"{Namespace} {Generation}", $"{Stable}", .. Others.Select(other => $"{other}")]);
}

/// <summary>A version that transactions are scored by.</summary>
internal sealed record RouteTarget
{
    public required long VersionId { get; init; }

    public required string Digest { get; init; }

    /// <summary>The thresholds in force.</summary>
    public double ReviewAt { get; init; }

    public double BlockAt { get; init; }
}
