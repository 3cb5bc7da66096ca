using System.Collections.Concurrent;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>Names of scoring engines by their number; rows never change, so they are kept for good.</summary>
internal sealed class EngineDirectory(IDatabase database, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, EngineIdentity> _known = [];

    public async ValueTask<EngineIdentity?> FindAsync(long? engineId, CancellationToken cancellationToken)
    {
        if (engineId is not { } id)
        {
            return null;
        }

        if (_known.TryGetValue(id, out EngineIdentity? identity))
        {
            return identity;
        }

        await using FinObsDbContext db = database.CreateContext();
        identity = await Identities(db, id).FirstOrDefaultAsync(cancellationToken);
        return identity is null ? null : _known.GetOrAdd(id, identity);
    }

    /// <summary>The number of this version on this kind of machine, with the thresholds that are in force, given once.</summary>
    public async Task<EngineIdentity> RegisterAsync(long modelVersionId, string fingerprint, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        DecisionThresholds thresholds = await ThresholdsAsync(db, modelVersionId, cancellationToken);
        long? id = await FindIdAsync(db, modelVersionId, fingerprint, thresholds, cancellationToken);
        if (id is null)
        {
            db.ScoringEngines.Add(new ScoringEngineRow
            {
                ModelVersionId = modelVersionId,
                Fingerprint = fingerprint,
                ReviewAt = thresholds.ReviewAt,
                BlockAt = thresholds.BlockAt,
                FirstSeenAt = time.GetUtcNow(),
            });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException)
            {
                // Another replica was first; its row is the one. If it is something else, the next line says so.
            }

            id = await FindIdAsync(db, modelVersionId, fingerprint, thresholds, cancellationToken);
        }

        return (await FindAsync(id ?? throw new InvalidOperationException("The scoring engine could not be registered."), cancellationToken))!;
    }

    /// <summary>The thresholds in force: those of the version's spec, else those of its manifest.</summary>
    public async Task<DecisionThresholds> ThresholdsAsync(long modelVersionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await ThresholdsAsync(db, modelVersionId, cancellationToken);
    }

    private static async Task<DecisionThresholds> ThresholdsAsync(FinObsDbContext db, long modelVersionId, CancellationToken cancellationToken) =>
        await db.ModelThresholds.Where(row => row.VersionId == modelVersionId).Select(row => new DecisionThresholds(row.ReviewAt, row.BlockAt)).FirstOrDefaultAsync(cancellationToken)
        ?? await db.ModelVersions.Where(row => row.Id == modelVersionId).Select(row => new DecisionThresholds(row.ReviewAt, row.BlockAt)).FirstAsync(cancellationToken);

    private static async Task<long?> FindIdAsync(
        FinObsDbContext db, long modelVersionId, string fingerprint, DecisionThresholds thresholds, CancellationToken cancellationToken) =>
        await db.ScoringEngines
            .Where(engine => engine.ModelVersionId == modelVersionId && engine.Fingerprint == fingerprint && engine.ReviewAt == thresholds.ReviewAt && engine.BlockAt == thresholds.BlockAt)
            .Select(engine => (long?)engine.Id)
            .FirstOrDefaultAsync(cancellationToken);

    private static IQueryable<EngineIdentity> Identities(FinObsDbContext db, long id) =>
        from engine in db.ScoringEngines
        join version in db.ModelVersions on engine.ModelVersionId equals version.Id
        where engine.Id == id
        select new EngineIdentity(engine.Id, version.Model, version.Version, version.Digest, engine.Fingerprint, new DecisionThresholds(engine.ReviewAt, engine.BlockAt));
}
