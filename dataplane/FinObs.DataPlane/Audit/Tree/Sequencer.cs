using System.Data.Common;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>What one round did.</summary>
/// <param name="Drained">Outbox rows taken; each holds the messages of one commit.</param>
/// <param name="Events">Events numbered.</param>
/// <param name="Size">Leaves in the tree after the round.</param>
/// <param name="Published">The checkpoint signed in this round, if one was due.</param>
/// <param name="CheckpointIn">The tree has grown since the last checkpoint, and the next may be signed after this time; null when there is nothing to sign.</param>
internal sealed record SequencerRound(int Drained, int Events, long Size, AuditCheckpoint? Published, TimeSpan? CheckpointIn);

/// <summary>
/// Gives numbers: takes the outbox in the order of its ids, gives events their ids and leaves their places, signs a checkpoint when one is due. A round is one transaction under a lock that only one
/// replica holds, so numbers are dense and a kill at any point leaves either all of the round or nothing.
/// </summary>
internal sealed class Sequencer(IDatabase database, TreeStates states, AuditKeyring keyring, IReplicaWords words, TimeProvider time, IOptions<AuditOptions> options)
{
    /// <summary>The advisory lock's number on PostgreSQL; held to the end of the round's transaction.</summary>
    private const long LockNumber = 20260002;
    private TreeState? _state; // what the last round of this process committed; never a round that failed

    /// <summary>One round. Null when another replica is at it.</summary>
    /// <exception cref="AuditTreeException">The stored tree contradicts what was signed: nothing is numbered or signed until a person has looked.</exception>
    public async Task<SequencerRound?> RunAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.BeginWriteAsync(cancellationToken);
        if (!await TryLockAsync(session, cancellationToken)) return null;

        var state = _state is { } kept && await TreeStates.IsCurrentAsync(kept, session, cancellationToken) ? kept : await states.LoadAsync(session, cancellationToken);
        _state = null; // until the commit it is neither the old nor surely the new one
        var (messages, blocks) = await DrainAsync(session, cancellationToken);
        var events = await NumberAsync(session, messages, cancellationToken);
        await GrowAsync(session, state, messages, cancellationToken);
        var published = await PublishAsync(session, state, cancellationToken);
        if (events > 0) await words.AnnounceAsync(session, ReplicaWord.EventsNumbered, cancellationToken);
        if (messages.Count > 0 || published is not null) await session.CommitAsync(cancellationToken);
        _state = state;
        return new SequencerRound(blocks, events, state.Frontier.Size, published, CheckpointIn(state));
    }

    private TimeSpan? CheckpointIn(TreeState state) =>
        state.Frontier.Size > state.CheckpointSize ? state.CheckpointAt + options.Value.CheckpointInterval - time.GetUtcNow() : null;

    private static async Task<bool> TryLockAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        if (session.Kind == DatabaseKind.Sqlite) return true; // the write session is the lock
        await using var command = session.CreateCommand("SELECT pg_try_advisory_xact_lock(@number)").With(session.Kind, "number", LockNumber);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<(List<OutboxMessage> Messages, int Blocks)> DrainAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT @limit) RETURNING id, namespace, topic, created_at, messages, packed")
            .With(session.Kind, "limit", options.Value.SequencerBatch);
        var blocks = new List<OutboxBlock>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken)) blocks.Add(Read(row, session.Kind));
        blocks.Sort(static (a, b) => a.Id.CompareTo(b.Id)); // RETURNING promises no order
        return ([.. blocks.SelectMany(block => block.Unpack())], blocks.Count);
    }

    private static OutboxBlock Read(DbDataReader row, DatabaseKind kind) => new()
    {
        Id = row.GetId(kind, 0),
        Namespace = row.GetString(1),
        Topic = row.GetTextOrNull(2),
        CreatedAt = row.GetInstant(kind, 3),
        Messages = row.GetInt32(4),
        Packed = row.GetFieldValue<byte[]>(5),
    };

    private static async Task<int> NumberAsync(IWriteSession session, List<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var (numbered, count) = (new List<EventBlock>(), 0);
        foreach (var group in messages.Where(m => m.Topic is not null).GroupBy(m => m.Namespace))
        {
            OutboxMessage[] ofNamespace = [.. group];
            await using var read = session.CreateCommand("SELECT last_event_id FROM event_counters WHERE namespace = @namespace").With(session.Kind, "namespace", group.Key);
            var last = await read.ExecuteScalarAsync(cancellationToken) is long known ? known : 0;
            numbered.AddRange(EventBlock.Number(ofNamespace, last + 1));
            count += ofNamespace.Length;
            await using var store = session.CreateCommand(
                "INSERT INTO event_counters (namespace, last_event_id) VALUES (@namespace, @last) ON CONFLICT (namespace) DO UPDATE SET last_event_id = excluded.last_event_id");
            await store.With(session.Kind, "namespace", group.Key).With(session.Kind, "last", last + ofNamespace.Length).ExecuteNonQueryAsync(cancellationToken);
        }
        await session.InsertAsync(EventBlock.Table, numbered, cancellationToken);
        return count;
    }

    private static async Task GrowAsync(IWriteSession session, TreeState state, List<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var (entries, tiles) = (new List<AuditEntry>(), new List<AuditTile>());
        foreach (var message in messages)
        {
            if (message is not { LeafId: { } leafId, LeafHash: { Length: MerkleHash.Size } hash }) continue;
            entries.Add(new AuditEntry { LeafIndex = state.Frontier.Size, LeafId = leafId, LeafHash = hash });
            state.Frontier.Append(hash, full => tiles.Add(new AuditTile { Level = full.Level, TileIndex = full.Index, Root = full.Root, Hashes = full.Hashes }));
        }
        await session.InsertAsync(AuditEntry.Table, entries, cancellationToken);
        await session.InsertAsync(AuditTile.Table, tiles, cancellationToken);
    }

    private async Task<AuditCheckpoint?> PublishAsync(IWriteSession session, TreeState state, CancellationToken cancellationToken)
    {
        if (CheckpointIn(state) is not { } wait || wait > TimeSpan.Zero) return null;
        var now = time.GetUtcNow();
        var root = state.Frontier.Root();
        var note = keyring.Signer.Sign(new Notes.Checkpoint(options.Value.Origin, state.Frontier.Size, root).ToText());
        var checkpoint = new AuditCheckpoint { Size = state.Frontier.Size, Root = root, Note = note, PublishedAt = now };
        await session.InsertAsync(AuditCheckpoint.Table, [checkpoint], cancellationToken);
        (state.CheckpointSize, state.CheckpointAt) = (checkpoint.Size, now);
        return checkpoint;
    }
}
