using System.Data.Common;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Resources;

/// <summary>Writes changes of resources: row, history, secrets, audit leaf and the word to the other replicas, all or nothing.</summary>
internal sealed class ResourceCommit(IDatabase database, AuditComposer audit, SecretVault vault, IReplicaWords words, OutboxSignal outbox)
{
    private const string Columns =
        "namespace, kind, name, uid, generation, created_at, spec, spec_hash, secret_versions, labels, managed_by, changed_by, change_reason, changed_at, leaf_id, traceparent, deleting, version";

    private const string Values =
        "@namespace, @kind, @name, @uid, @generation, @created_at, @spec, @spec_hash, @secret_versions, @labels, @managed_by, @changed_by, @change_reason, @changed_at, @leaf_id, @traceparent, @deleting, @version";

    private const string Insert = $"INSERT INTO resources ({Columns}) VALUES ({Values}) ON CONFLICT (namespace, kind, name) DO NOTHING";

    private const string Replace = $"UPDATE resources SET ({Columns}) = ({Values}) WHERE {Found}";

    private const string Found = "namespace = @namespace AND kind = @kind AND name = @name AND version = @seen";

    private const string ForgetSecrets = "DELETE FROM resource_secrets WHERE namespace = @namespace AND kind = @kind AND name = @name";

    /// <summary>The row as written, with its leaf; null where somebody else has changed it since it was read.</summary>
    /// <param name="seen">What was in force when it was read; none = nothing.</param>
    /// <param name="row">What comes into force.</param>
    /// <param name="act">Of <see cref="ResourceActs"/>.</param>
    /// <param name="actor">Who brought it, or by which way it came.</param>
    /// <param name="secrets">The values it refers to; null = they stay as they are.</param>
    /// <param name="cancellationToken">Stops it before the commit.</param>
    public async Task<ResourceRow?> WriteAsync(
        ResourceRow? seen, ResourceRow row, string act, string actor, IReadOnlyDictionary<(string Secret, string Key), byte[]>? secrets, CancellationToken cancellationToken)
    {
        ResourceHistoryRow change = ResourceHistoryRow.Of(row, Guid.CreateVersion7(row.ChangedAt), act, actor);
        using AuditBatch batch = await audit.PrepareAsync(row.Namespace, [null], cancellationToken);
        ComposedLeaf leaf = batch.Compose(new AuditAct
        {
            Namespace = row.Namespace,
            Kind = act,
            At = row.ChangedAt,
            Actor = actor,
            Ref = change.Id,
            Payload = ResourceActs.Payload(change),
            Traceparent = row.Traceparent,
        });
        row = row with { LeafId = leaf.LeafId };

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await SwapAsync(session, seen, row, cancellationToken))
        {
            return null;
        }

        if (secrets is not null)
        {
            await ForgetSecretsAsync(session, row.Key, cancellationToken);
            await session.InsertAsync(ResourceSecretRow.Table, [.. secrets.Select(pair => vault.Seal(row.Key, pair.Key.Secret, pair.Key.Key, pair.Value))], cancellationToken);
        }

        await session.InsertAsync(ResourceHistoryRow.Table, [change with { LeafId = leaf.LeafId }], cancellationToken);
        await session.InsertAsync(AuditLeaf.Table, [leaf.Leaf], cancellationToken);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([leaf.Outbox]), cancellationToken);
        await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancellationToken);
        await session.CommitAsync(cancellationToken);
        outbox.Raise();
        return row;
    }

    /// <summary>Takes away what has been drained, with its secrets. Its leaf was written when it was said to go. False where it has changed since.</summary>
    public async Task<bool> RemoveAsync(ResourceRow drained, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand remove = session.CreateCommand($"DELETE FROM resources WHERE {Found}");
        Name(remove, session.Kind, drained.Key).With(session.Kind, "seen", drained.Version);
        if (await remove.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await ForgetSecretsAsync(session, drained.Key, cancellationToken);
        await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> SwapAsync(IWriteSession session, ResourceRow? seen, ResourceRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand swap = session.CreateCommand(seen is null ? Insert : Replace);
        Name(swap, kind, row.Key)
            .With(kind, "uid", row.Uid)
            .With(kind, "generation", row.Generation)
            .With(kind, "created_at", row.CreatedAt)
            .With(kind, "spec", row.Spec)
            .With(kind, "spec_hash", row.SpecHash)
            .With(kind, "secret_versions", row.SecretVersions)
            .With(kind, "labels", row.Labels)
            .With(kind, "managed_by", row.ManagedBy.ToString())
            .With(kind, "changed_by", row.ChangedBy)
            .With(kind, "change_reason", row.ChangeReason)
            .With(kind, "changed_at", row.ChangedAt)
            .With(kind, "leaf_id", row.LeafId)
            .With(kind, "traceparent", row.Traceparent)
            .With(kind, "deleting", row.Deleting)
            .With(kind, "version", row.Version);
        if (seen is not null)
        {
            swap.With(kind, "seen", seen.Version);
        }

        return await swap.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task ForgetSecretsAsync(IWriteSession session, ResourceKey key, CancellationToken cancellationToken)
    {
        await using DbCommand forget = session.CreateCommand(ForgetSecrets);
        await Name(forget, session.Kind, key).ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Name(DbCommand command, DatabaseKind kind, ResourceKey key) =>
        command.With(kind, "namespace", key.Namespace).With(kind, "kind", key.Kind).With(kind, "name", key.Name);
}
