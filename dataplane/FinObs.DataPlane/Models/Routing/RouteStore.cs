using System.Data.Common;
using System.Diagnostics;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>A registered version, as routing sees it.</summary>
internal sealed record RouteVersion(long Id, string Model, string Version, string Digest, string Origin)
{
    public string Name => $"{Model}@{Version}";
}

/// <summary>A namespace's route; generation 0 = there never was one.</summary>
/// <param name="Namespace">Whose.</param>
/// <param name="Generation">Counts the changes.</param>
/// <param name="Stable">Who decides; null = nobody.</param>
/// <param name="Previous">Who did before.</param>
/// <param name="Split">How the traffic is shared beside it; null = it decides everything.</param>
internal sealed record ModelRoute(string Namespace, long Generation, RouteVersion? Stable, RouteVersion? Previous, RouteSplit? Split = null);

/// <summary>What a route is to become.</summary>
/// <param name="To">Who is to decide; null = nobody.</param>
/// <param name="Split">The shares beside it.</param>
/// <param name="Reason">Of <see cref="RouteReasons"/>.</param>
/// <param name="Actor">What writes it, without personal data.</param>
/// <param name="ChangedBy">On whose behalf, as far as known.</param>
internal sealed record RouteChange(long? To, RouteSplit? Split, string Reason, string Actor, string? ChangedBy);

/// <summary>The routing record. This is the one place that writes it: row, history and audit leaf in one commit, by compare-and-swap.</summary>
internal sealed class RouteStore(IDatabase database, AuditComposer audit, IReplicaWords words, OutboxSignal outbox, ChangeSignal changes, TimeProvider time)
{
    private const int LongestHistory = 100;

    private const string Insert =
        "INSERT INTO model_routes (namespace, stable_version_id, previous_version_id, split, generation, changed_at) VALUES (@namespace, @to, @previous, @split, 1, @now) ON CONFLICT (namespace) DO NOTHING";

    private const string Swap =
        "UPDATE model_routes SET stable_version_id = @to, previous_version_id = @previous, split = @split, generation = generation + 1, changed_at = @now WHERE namespace = @namespace AND generation = @seen";

    public async Task<ModelRoute> FindAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        ModelRouteRow? row = await db.ModelRoutes.FirstOrDefaultAsync(route => route.Namespace == @namespace, cancellationToken);
        List<RouteVersion> versions = await VersionsAsync(db, [row?.StableVersionId, row?.PreviousVersionId], cancellationToken);
        return new ModelRoute(@namespace, row?.Generation ?? 0, versions.Find(version => version.Id == row?.StableVersionId), versions.Find(version => version.Id == row?.PreviousVersionId),
            RouteSplit.Read(row?.Split));
    }

    /// <summary>Who decides a namespace; one without a route of its own is decided by the default one's version. Null = nobody.</summary>
    public async Task<RouteVersion?> DecidingAsync(string @namespace, CancellationToken cancellationToken) =>
        (await FindAsync(@namespace, cancellationToken)).Stable
        ?? (@namespace == ModelRouter.DefaultNamespace ? null : (await FindAsync(ModelRouter.DefaultNamespace, cancellationToken)).Stable);

    /// <summary>Everybody who decided in a namespace, the latest first.</summary>
    public async Task<List<RouteVersion>> PastAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<long?> ids = await db.ModelRouteChanges
            .Where(change => change.Namespace == @namespace && change.ToVersionId != null)
            .OrderByDescending(change => change.Generation).Select(change => change.ToVersionId).Take(LongestHistory).ToListAsync(cancellationToken);
        List<RouteVersion> versions = await VersionsAsync(db, ids, cancellationToken);
        return [.. ids.Distinct().Select(id => versions.Find(version => version.Id == id)).OfType<RouteVersion>()];
    }

    /// <summary>The change that last made a version decide; null where it never did.</summary>
    public async Task<ModelRouteChangeRow?> LastPromotionAsync(string @namespace, long versionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ModelRouteChanges.Where(change => change.Namespace == @namespace && change.ToVersionId == versionId && (change.FromVersionId == null || change.FromVersionId != versionId))
            .OrderByDescending(change => change.Generation).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Changes the route from what was seen; false where somebody else has changed it since.</summary>
    public async Task<bool> WriteAsync(ModelRoute seen, RouteChange wanted, CancellationToken cancellationToken)
    {
        ModelRouteChangeRow change = ChangeOf(seen, wanted);
        byte[] payload = await RouteAct.PayloadAsync(database, change, cancellationToken);
        using AuditBatch batch = await audit.PrepareAsync(seen.Namespace, [null], cancellationToken);
        ComposedLeaf leaf = batch.Compose(new AuditAct
        {
            Namespace = seen.Namespace,
            Kind = RouteAct.Kind,
            At = change.ChangedAt,
            Actor = change.Actor,
            Ref = change.Id,
            Payload = payload,
            Traceparent = Activity.Current?.Id,
        });

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand write = session.CreateCommand(seen.Generation == 0 ? Insert : Swap);
        write.With(session.Kind, "namespace", seen.Namespace).With(session.Kind, "to", wanted.To).With(session.Kind, "now", change.ChangedAt).With(session.Kind, "split", change.Split)
            .With(session.Kind, "previous", change.FromVersionId == change.ToVersionId ? seen.Previous?.Id : change.FromVersionId);
        if (seen.Generation > 0)
        {
            write.With(session.Kind, "seen", seen.Generation);
        }

        if (await write.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await session.InsertAsync(ModelRouteChangeRow.Table, [change with { LeafId = leaf.LeafId }], cancellationToken);
        await session.InsertAsync(AuditLeaf.Table, [leaf.Leaf], cancellationToken);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([leaf.Outbox]), cancellationToken);
        await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancellationToken);
        await session.CommitAsync(cancellationToken);
        outbox.Raise();
        changes.Raise();
        return true;
    }

    private ModelRouteChangeRow ChangeOf(ModelRoute seen, RouteChange wanted)
    {
        DateTimeOffset now = time.GetUtcNow();
        return new ModelRouteChangeRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = seen.Namespace,
            Generation = seen.Generation + 1,
            FromVersionId = seen.Stable?.Id,
            ToVersionId = wanted.To,
            Split = wanted.Split?.Write(),
            Reason = wanted.Reason,
            Actor = wanted.Actor,
            ChangedBy = wanted.ChangedBy,
            ChangedAt = now,
            LeafId = Guid.Empty,
        };
    }

    private static async Task<List<RouteVersion>> VersionsAsync(FinObsDbContext db, IEnumerable<long?> ids, CancellationToken cancellationToken)
    {
        long[] wanted = [.. ids.OfType<long>().Distinct()];
        return wanted.Length == 0
            ? []
            : await db.ModelVersions.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id)
                .Select(row => new RouteVersion(row.Id, row.Model, row.Version, row.Digest, row.Origin)).ToListAsync(cancellationToken);
    }
}
