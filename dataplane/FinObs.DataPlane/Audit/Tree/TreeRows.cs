using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>A leaf's place in the tree.</summary>
internal sealed record AuditEntry
{
    public static readonly BulkTable<AuditEntry> Table = new(
        "audit_entries",
        ["leaf_index", "leaf_id", "leaf_hash"],
        static (row, entry) =>
        {
            row.Write(entry.LeafIndex);
            row.Write(entry.LeafId);
            row.Write(entry.LeafHash);
        });

    /// <summary>0, 1, 2, … without gaps.</summary>
    public required long LeafIndex { get; init; }

    public required Guid LeafId { get; init; }

    /// <summary>SHA-256(0x00 ‖ leaf).</summary>
    public required byte[] LeafHash { get; init; }
}

/// <summary>A full tile of C2SP tlog-tiles: 256 hashes of one level. The unfinished tiles are not stored: their hashes are the last entries, and the last roots of the level below.</summary>
internal sealed record AuditTile
{
    public static readonly BulkTable<AuditTile> Table = new(
        "audit_tiles",
        ["level", "tile_index", "root", "hashes"],
        static (row, tile) =>
        {
            row.Write(tile.Level);
            row.Write(tile.TileIndex);
            row.Write(tile.Root);
            row.Write(tile.Hashes);
        });

    public required int Level { get; init; }

    public required long TileIndex { get; init; }

    /// <summary>The Merkle root over the 256 hashes: this tile's hash one level up.</summary>
    public required byte[] Root { get; init; }

    public required byte[] Hashes { get; init; }
}

/// <summary>A published checkpoint.</summary>
internal sealed record AuditCheckpoint
{
    public static readonly BulkTable<AuditCheckpoint> Table = new(
        "audit_checkpoints",
        ["size", "root", "note", "published_at"],
        static (row, checkpoint) =>
        {
            row.Write(checkpoint.Size);
            row.Write(checkpoint.Root);
            row.Write(checkpoint.Note);
            row.Write(checkpoint.PublishedAt);
        });

    /// <summary>Leaves in the tree.</summary>
    public required long Size { get; init; }

    public required byte[] Root { get; init; }

    /// <summary>The whole signed note.</summary>
    public required string Note { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }
}
