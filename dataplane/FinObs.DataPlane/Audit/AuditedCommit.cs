using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Audit;

/// <summary>
/// The one way in which a slice writes a single act: its rows, its leaf and its outbox message in one commit, or none of them. (Chunks of transactions compose theirs in bulk, see <see cref="AuditComposer"/>.)
/// </summary>
internal sealed class AuditedCommit(IDatabase database, AuditComposer audit, OutboxSignal outbox, TimeProvider time)
{
    public const string ActsName = "finobs.audit.acts";

    private static readonly Counter<long> Acts = FinObsTelemetry.Meter.CreateCounter<long>(ActsName, "{act}", "Acts beside decisions that were written into the audit log, by kind.");

    /// <summary>Now, as the databases keep it: whole microseconds, so that a payload made from the row is the payload that was proven.</summary>
    public DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    /// <summary>Records an act that has no rows of its own: its payload is kept, encrypted, beside the leaf.</summary>
    /// <returns>The leaf's id.</returns>
    public async Task<Guid> RecordAsync(AuditAct act, CancellationToken cancellationToken)
    {
        Guid? leaf = await WriteAsync(act, static (_, _, _) => Task.FromResult(true), cancellationToken);
        return leaf!.Value;
    }

    /// <summary>Writes what <paramref name="write"/> writes, and the act's leaf with it.</summary>
    /// <param name="act">Without a trace it takes that of the current activity.</param>
    /// <param name="write">Gets the session and the id of the leaf; false: somebody else was faster, nothing is to be committed.</param>
    /// <param name="cancellationToken">Ends the attempt; what is committed stays.</param>
    /// <returns>The leaf's id; null where <paramref name="write"/> said no.</returns>
    public async Task<Guid?> WriteAsync(AuditAct act, Func<IWriteSession, Guid, CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        IReadOnlyList<Guid>? leaves = await WriteAsync([act], (session, ids, cancel) => write(session, ids[0], cancel), cancellationToken);
        return leaves?[0];
    }

    /// <summary>The same for several acts of one namespace that happen together or not at all.</summary>
    /// <returns>The leaves' ids, in the order of the acts; null where <paramref name="write"/> said no.</returns>
    public async Task<IReadOnlyList<Guid>?> WriteAsync(
        IReadOnlyList<AuditAct> acts, Func<IWriteSession, IReadOnlyList<Guid>, CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        // Keys first: on SQLite a new one needs the writer that the session then holds.
        using var batch = await audit.PrepareAsync(acts[0].Namespace, acts.Select(act => act.Subject), cancellationToken);
        ComposedLeaf[] leaves = [.. acts.Select(act => batch.Compose(act with { Traceparent = act.Traceparent ?? Activity.Current?.Id }))];
        Guid[] ids = [.. leaves.Select(leaf => leaf.LeafId)];
        await using var session = await database.BeginWriteAsync(cancellationToken);
        if (!await write(session, ids, cancellationToken)) return null;
        await session.InsertAsync([AuditLeaf.Table.Rows([.. leaves.Select(leaf => leaf.Leaf)]), OutboxBlock.Rows([.. leaves.Select(leaf => leaf.Outbox)])], cancellationToken);
        await session.CommitAsync(cancellationToken);
        outbox.Raise();
        foreach (var act in acts) Acts.Add(1, new KeyValuePair<string, object?>("finobs.act", act.Kind));
        return ids;
    }
}
