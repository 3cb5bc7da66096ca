using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>
/// Proofs from tiles: first the nodes that a proof needs are listed, then the tiles that hold them are read (two or three for a tree of a million leaves), then hashed. Tiles read are kept for the life of
/// the reader, so that an export reads each once.
/// </summary>
internal sealed class TreeReader(FinObsDbContext db, long size)
{
    private const int LevelHeight = 8;

    private const int MaxNodes = 100_000; // some 10 MB
    private readonly Dictionary<(int Level, long Tile), byte[][]> _tiles = [];
    private readonly Dictionary<(int Height, long Index), byte[]> _nodes = [];

    /// <summary>Leaves in the tree whose proofs these are.</summary>
    public long Size => size;

    public Task<byte[][]> InclusionAsync(long index, CancellationToken cancellationToken) => HashAsync(MerklePath.Inclusion(index, size), cancellationToken);

    public Task<byte[][]> ConsistencyAsync(long first, CancellationToken cancellationToken) => HashAsync(MerklePath.Consistency(first, size), cancellationToken);

    public async Task<byte[]> RootAsync(CancellationToken cancellationToken) => (await HashAsync([new LeafRange(0, size)], cancellationToken))[0];

    private async Task<byte[][]> HashAsync(List<LeafRange> ranges, CancellationToken cancellationToken)
    {
        var needed = new HashSet<(int, long)>();
        foreach (var range in ranges)
        {
            MerklePath.Hash(range, (height, index) =>
            {
                var key = Locate(height, index).Key;
                if (!_tiles.ContainsKey(key)) needed.Add(key);
                return [];
            });
        }
        foreach (var (level, tile) in needed) _tiles[(level, tile)] = await ReadAsync(level, tile, cancellationToken);
        return [.. ranges.Select(range => MerklePath.Hash(range, Node))];
    }

    private byte[] Node(int height, long index)
    {
        if (_nodes.TryGetValue((height, index), out var known)) return known;
        if (_nodes.Count >= MaxNodes) _nodes.Clear();
        var hash = height % LevelHeight == 0 ? Stored(height, index) : MerkleHash.Node(Node(height - 1, 2 * index), Node(height - 1, (2 * index) + 1));
        return _nodes[(height, index)] = hash;
    }

    private byte[] Stored(int height, long index)
    {
        var (key, offset) = Locate(height, index);
        return offset < _tiles[key].Length ? _tiles[key][offset] : throw new AuditTreeException($"Tile {key.Tile} of level {key.Level} ends before hash {offset}, which a tree of {size} leaves has.");
    }

    /// <summary>A node of a height is the root over 2^(height mod 8) neighbours within one tile.</summary>
    private static ((int Level, long Tile) Key, int Offset) Locate(int height, long index)
    {
        var first = index << (height % LevelHeight);
        return ((height / LevelHeight, first / TileFrontier.TileWidth), (int)(first % TileFrontier.TileWidth));
    }

    private async Task<byte[][]> ReadAsync(int level, long tile, CancellationToken cancellationToken)
    {
        var (from, to) = (tile * TileFrontier.TileWidth, (tile + 1) * TileFrontier.TileWidth);
        if (to <= size >> (LevelHeight * level))
        {
            var full = await db.AuditTiles.Where(t => t.Level == level && t.TileIndex == tile).Select(t => t.Hashes).SingleOrDefaultAsync(cancellationToken)
                ?? throw new AuditTreeException($"Tile {tile} of level {level} is missing.");
            return [.. full.Chunk(MerkleHash.Size)];
        }
        return level == 0
            ? await db.AuditEntries.Where(e => e.LeafIndex >= from && e.LeafIndex < to).OrderBy(e => e.LeafIndex).Select(e => e.LeafHash).ToArrayAsync(cancellationToken)
            : await db.AuditTiles.Where(t => t.Level == level - 1 && t.TileIndex >= from && t.TileIndex < to).OrderBy(t => t.TileIndex).Select(t => t.Root).ToArrayAsync(cancellationToken);
    }
}
