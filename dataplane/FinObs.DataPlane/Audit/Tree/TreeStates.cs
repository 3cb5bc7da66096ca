using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>The tree's right edge and its last checkpoint, as of the last commit.</summary>
internal sealed class TreeState(TileFrontier frontier)
{
    public TileFrontier Frontier { get; } = frontier;

    public long CheckpointSize { get; set; }

    /// <summary>As read; what this process signed since is not noted here.</summary>
    public byte[] CheckpointRoot { get; init; } = [];

    public DateTimeOffset CheckpointAt { get; set; }
}

/// <summary>The stored tree contradicts a checkpoint that was signed.</summary>
internal sealed class AuditTreeException(string message) : Exception(message);

/// <summary>Reads the tree's state from its tables; what it finds must agree with the last checkpoint in the database and with the last one in the file beside it.</summary>
internal sealed class TreeStates(CheckpointFile file)
{
    /// <summary>False when another replica has numbered or signed since.</summary>
    public static async Task<bool> IsCurrentAsync(TreeState state, IWriteSession session, CancellationToken cancellationToken) =>
        await SizeAsync(session, cancellationToken) == state.Frontier.Size && await LastCheckpointAsync(session, cancellationToken) is var last
        && (last?.Size ?? 0) == state.CheckpointSize;

    /// <summary>What the tables say, if they agree with the last checkpoint beside them.</summary>
    /// <exception cref="AuditTreeException">Leaves that were signed are gone or others.</exception>
    public async Task<TreeState> LoadAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        var state = await ReadAsync(session, cancellationToken);
        if (file.Last() is { } published && (published.Size > state.CheckpointSize || (published.Size == state.CheckpointSize && !published.Root.AsSpan().SequenceEqual(state.CheckpointRoot))))
        {
            throw new AuditTreeException(
                $"{file.FullPath} ends with a checkpoint over {published.Size} leaves that the database does not have (its last is over {state.CheckpointSize}): it was cut, replaced or restored from a backup. "
                + "Restore the newer database, or accept the loss: FinObs.DataPlane accept-restore --reason \"…\" --by \"…\".");
        }
        return state;
    }

    /// <summary>What the tables say, if they agree with each other.</summary>
    /// <exception cref="AuditTreeException">Leaves that were signed are gone or others.</exception>
    public static async Task<TreeState> ReadAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        var size = await SizeAsync(session, cancellationToken);
        var last = await LastCheckpointAsync(session, cancellationToken);
        var signed = last?.Size ?? 0;
        if (size < signed) throw new AuditTreeException($"The tree has {size} leaves, but a checkpoint over {signed} was signed: leaves are missing.");

        // The edge as it was when it was signed, checked, then the leaves since.
        var partial = new Dictionary<int, List<byte[]>>();
        foreach (var (level, tile, width) in TileFrontier.Edge(signed)) partial[level] = await EdgeAsync(session, level, tile, width, cancellationToken);
        var frontier = TileFrontier.Restore(signed, (level, _, width) => partial[level].Count == width
            ? partial[level]
            : throw new AuditTreeException($"Level {level} of the tree has {partial[level].Count} hashes where {width} were signed."));
        if (last is not null && !frontier.Root().AsSpan().SequenceEqual(last.Root)) throw new AuditTreeException($"The first {signed} leaves of the tree do not have the root that was signed for them.");
        await foreach (var hash in HashesAsync(session, signed, cancellationToken)) frontier.Append(hash, static _ => { });
        if (frontier.Size != size) throw new AuditTreeException($"The tree has {frontier.Size} entries, the last with index {size - 1}: there are gaps.");
        return new TreeState(frontier) { CheckpointSize = signed, CheckpointRoot = last?.Root ?? [], CheckpointAt = last?.At ?? default };
    }

    private static async Task<long> SizeAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand("SELECT max(leaf_index) FROM audit_entries");
        return await command.ExecuteScalarAsync(cancellationToken) is long last ? last + 1 : 0;
    }

    private static async Task<StoredCheckpoint?> LastCheckpointAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand("SELECT size, root, published_at FROM audit_checkpoints ORDER BY size DESC LIMIT 1");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new StoredCheckpoint(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInstant(session.Kind, 2)) : null;
    }

    /// <summary>The hashes of an unfinished tile: leaves on level 0, above it the roots of full tiles one level down.</summary>
    private static async Task<List<byte[]>> EdgeAsync(IWriteSession session, int level, long tile, int width, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand(level == 0
            ? "SELECT leaf_hash FROM audit_entries WHERE leaf_index >= @from AND leaf_index < @to ORDER BY leaf_index"
            : "SELECT root FROM audit_tiles WHERE level = @below AND tile_index >= @from AND tile_index < @to ORDER BY tile_index");
        var from = tile * TileFrontier.TileWidth;
        command.With(session.Kind, "from", from).With(session.Kind, "to", from + width);
        if (level > 0) command.With(session.Kind, "below", level - 1);
        var hashes = new List<byte[]>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken)) hashes.Add(row.GetFieldValue<byte[]>(0));
        return hashes;
    }

    private static async IAsyncEnumerable<byte[]> HashesAsync(
        IWriteSession session, long from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand("SELECT leaf_hash FROM audit_entries WHERE leaf_index >= @from ORDER BY leaf_index").With(session.Kind, "from", from);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken)) yield return row.GetFieldValue<byte[]>(0);
    }

    private sealed record StoredCheckpoint(long Size, byte[] Root, DateTimeOffset At);
}
