using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// Destroys a subject's data key, which shreds every payload under it, and leaves a tombstone leaf in the same commit: the tree stays whole, and that something was shredded, when and by whom is proven too.
/// It knows neither retention nor legal holds: whoever calls it must have asked first. Copies of the wrapped key in backups and in free pages of the database live on until those are gone.
/// </summary>
internal sealed class SubjectShredder(IDatabase database, AuditKeyring keyring, AuditComposer composer, SubjectKeys keys, OutboxSignal signal, TimeProvider time)
{
    /// <summary>The tombstone's <see cref="AuditAct.Kind"/>; its ref is the key's id.</summary>
    public const string TombstoneKind = "audit.key_destroyed";

    /// <summary>Returns the tombstone's id, or null when the subject has no key that could be destroyed.</summary>
    public async Task<Guid?> ShredAsync(string @namespace, string subject, string actor, string reason, CancellationToken cancellationToken)
    {
        using var shredding = await PrepareAsync(@namespace, subject, cancellationToken);
        await using var session = await database.BeginWriteAsync(cancellationToken);
        if (await shredding.WriteAsync(session, actor, reason, cancellationToken) is not { } tombstone) return null;
        await session.CommitAsync(cancellationToken);
        shredding.Committed();
        return tombstone;
    }

    /// <summary>The same for a caller who writes more in the commit; to be called before the write session is opened.</summary>
    public async Task<Shredding> PrepareAsync(string @namespace, string subject, CancellationToken cancellationToken) =>
        new(@namespace, keyring.Token(@namespace, subject), await composer.PrepareAsync(@namespace, [null], cancellationToken), keys, signal, time);
}

/// <summary>The destruction of one key, made ready.</summary>
internal sealed class Shredding(string @namespace, string token, AuditBatch batch, SubjectKeys keys, OutboxSignal signal, TimeProvider time) : IDisposable
{
    private Guid? _destroyed;

    /// <summary>What stands for the subject.</summary>
    public string Token => token;

    /// <summary>Writes the destruction and its tombstone; null when there is no key, or another replica was first.</summary>
    public async Task<Guid?> WriteAsync(IWriteSession session, string actor, string reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(session, @namespace, token, cancellationToken) is not { } keyId) return null;
        var tombstone = batch.Compose(new AuditAct
        {
            Namespace = @namespace,
            Kind = SubjectShredder.TombstoneKind,
            At = time.GetUtcNow(),
            Actor = actor,
            Ref = keyId,
            Payload = Payload(keyId, reason, token),
        });
        await using var destroy = session.CreateCommand(
            "UPDATE subject_keys SET wrapped = NULL, destroyed_at = @now, tombstone_id = @tombstone WHERE id = @id AND destroyed_at IS NULL");
        destroy.With(session.Kind, "now", time.GetUtcNow()).With(session.Kind, "tombstone", tombstone.LeafId).With(session.Kind, "id", keyId);
        if (await destroy.ExecuteNonQueryAsync(cancellationToken) == 0) return null; // another replica was first
        await session.InsertAsync(AuditLeaf.Table, [tombstone.Leaf], cancellationToken);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([tombstone.Outbox]), cancellationToken);
        _destroyed = keyId;
        return tombstone.LeafId;
    }

    /// <summary>To be called after the commit.</summary>
    public void Committed()
    {
        if (_destroyed is { } keyId) keys.Forget(keyId);
        signal.Raise();
    }

    public void Dispose() => batch.Dispose();

    private static async Task<Guid?> FindAsync(IWriteSession session, string @namespace, string token, CancellationToken cancellationToken)
    {
        await using var find = session.CreateCommand("SELECT id FROM subject_keys WHERE namespace = @namespace AND subject = @subject AND destroyed_at IS NULL");
        find.With(session.Kind, "namespace", @namespace).With(session.Kind, "subject", token);
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? row.GetId(session.Kind, 0) : null;
    }

    private static byte[] Payload(Guid keyId, string reason, string token)
    {
        var json = new CanonicalJsonWriter();
        json.BeginObject();
        json.Property("key"u8, keyId);
        json.Property("reason"u8, reason);
        json.Property("subject"u8, token);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }
}
