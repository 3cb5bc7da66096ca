using System.Data.Common;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>What the operator says of pods, kept for all replicas and for the next start.</summary>
internal sealed class ReadinessStore(IDatabase database, IReplicaWords words, ChangeSignal changes, TimeProvider time)
{
    private const string Upsert =
        "INSERT INTO serving_readiness (namespace, name, uid, digest, endpoints, replicas, ready_replicas, changed_at) "
        + "VALUES (@namespace, @name, @uid, @digest, @endpoints, @replicas, @ready, @now) ON CONFLICT (namespace, name) DO UPDATE SET "
        + "uid = excluded.uid, digest = excluded.digest, endpoints = excluded.endpoints, replicas = excluded.replicas, ready_replicas = excluded.ready_replicas, changed_at = excluded.changed_at";

    public async Task<List<ServingReadinessRow>> AllAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ServingReadiness.OrderBy(row => row.Namespace).ThenBy(row => row.Name).ToListAsync(cancellationToken);
    }

    /// <summary>Stores it and tells the other replicas, where it is another than before.</summary>
    public async Task SetAsync(ResourceKey key, ServingReadiness readiness, CancellationToken cancellationToken)
    {
        string endpoints = JsonSerializer.Serialize(readiness.Endpoints);
        await using (FinObsDbContext db = database.CreateContext())
        {
            if (await db.ServingReadiness.AnyAsync(
                row => row.Namespace == key.Namespace && row.Name == key.Name && row.Uid == readiness.Uid && row.Digest == readiness.Digest && row.Endpoints == endpoints
                    && row.Replicas == readiness.Replicas && row.ReadyReplicas == readiness.ReadyReplicas, cancellationToken))
            {
                return;
            }
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        DatabaseKind kind = session.Kind;
        await using DbCommand upsert = session.CreateCommand(Upsert);
        upsert.With(kind, "namespace", key.Namespace).With(kind, "name", key.Name).With(kind, "uid", readiness.Uid).With(kind, "digest", readiness.Digest)
            .With(kind, "endpoints", endpoints).With(kind, "replicas", readiness.Replicas).With(kind, "ready", readiness.ReadyReplicas).With(kind, "now", time.GetUtcNow());
        await upsert.ExecuteNonQueryAsync(cancellationToken);
        await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancellationToken);
        await session.CommitAsync(cancellationToken);
        changes.Raise();
    }

    public async Task ForgetAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        await db.ServingReadiness.Where(row => row.Namespace == key.Namespace && row.Name == key.Name).ExecuteDeleteAsync(cancellationToken);
    }
}

/// <summary>Tells this process's scoring which pods are ready. They count only for the very object and digest that is in force.</summary>
internal sealed class ReadinessFollower(ReadinessStore store, ResourceCatalogue catalogue, IServingEndpoints endpoints)
{
    private Dictionary<(string Namespace, string Digest), string> _told = [];

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        Dictionary<(string Namespace, string Digest), string> wanted = [];
        foreach (ServingReadinessRow row in await store.AllAsync(cancellationToken))
        {
            StoredResource? resource = catalogue.Current.Find(new ResourceKey(row.Namespace, ResourceKinds.ModelVersion.Name, row.Name));
            if (resource is { Row.Deleting: false, Resource: Contracts.Resources.ModelVersions.ModelVersion version } && resource.Row.Uid == row.Uid && version.Spec.Artifact.Digest == row.Digest)
            {
                wanted[(row.Namespace, row.Digest)] = row.Endpoints;
            }
        }

        foreach (((string ns, string digest), string json) in wanted.Where(pair => _told.GetValueOrDefault(pair.Key) != pair.Value))
        {
            endpoints.Set(ns, digest, JsonSerializer.Deserialize<string[]>(json)!);
        }

        foreach ((string ns, string digest) in _told.Keys.Where(key => !wanted.ContainsKey(key)))
        {
            endpoints.Set(ns, digest, []);
        }

        _told = wanted;
    }
}
