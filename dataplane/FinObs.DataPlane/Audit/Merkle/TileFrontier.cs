using System.Numerics;

namespace FinObs.DataPlane.Audit.Merkle;

/// <summary>A finished tile: 256 consecutive hashes of one level and the root above them, which is the tile's entry one level up (C2SP tlog-tiles).</summary>
internal sealed record FullTile(int Level, long Index, byte[] Hashes, byte[] Root);

/// <summary>
/// The growing right edge of a tiled tree: per level of 8 the hashes of the tile that is not yet full, at most 255 each. With it a leaf is appended in constant time and the root computed from memory;
/// what becomes full is handed out once and never changes again.
/// </summary>
internal sealed class TileFrontier
{
    public const int TileWidth = 256;
    private readonly List<List<byte[]>> _levels = [[]];

    public long Size { get; private set; }

    /// <summary>Rebuilds the edge of a tree of <paramref name="size"/> leaves; <paramref name="partial"/> gives the hashes of a level's unfinished tile.</summary>
    public static TileFrontier Restore(long size, Func<int, long, int, IReadOnlyList<byte[]>> partial)
    {
        var frontier = new TileFrontier { Size = size };
        frontier._levels.Clear();
        foreach (var (level, tile, width) in Edge(size)) frontier._levels.Add([.. partial(level, tile, width)]);
        if (frontier._levels.Count == 0) frontier._levels.Add([]);
        return frontier;
    }

    /// <summary>The unfinished tile of every level of a tree: its index and how many hashes it holds (possibly none).</summary>
    public static IEnumerable<(int Level, long Tile, int Width)> Edge(long size)
    {
        var level = 0;
        for (var count = size; count > 0; count /= TileWidth) yield return (level++, count / TileWidth, (int)(count % TileWidth));
    }

    /// <summary>Appends a leaf hash; every tile that it fills is handed to <paramref name="filled"/>.</summary>
    public void Append(byte[] leafHash, Action<FullTile> filled)
    {
        Size++;
        var hash = leafHash;
        var count = Size;
        for (var level = 0; ; level++)
        {
            if (_levels.Count == level) _levels.Add([]);
            _levels[level].Add(hash);
            if (_levels[level].Count < TileWidth) return;
            var hashes = new byte[TileWidth * MerkleHash.Size];
            for (var i = 0; i < TileWidth; i++) _levels[level][i].CopyTo(hashes, i * MerkleHash.Size);
            hash = MerkleTree.Root(_levels[level]);
            count /= TileWidth;
            filled(new FullTile(level, count - 1, hashes, hash));
            _levels[level].Clear();
        }
    }

    /// <summary>The root of all leaves so far: perfect subtrees from the left, folded from the right.</summary>
    public byte[] Root()
    {
        if (Size == 0) return MerkleHash.Empty();
        var peaks = new List<byte[]>();
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            var hashes = _levels[level];
            for (var start = 0; start < hashes.Count;)
            {
                var width = 1 << BitOperations.Log2((uint)(hashes.Count - start));
                peaks.Add(MerkleTree.Root(hashes.GetRange(start, width)));
                start += width;
            }
        }
        var root = peaks[^1];
        for (var i = peaks.Count - 2; i >= 0; i--) root = MerkleHash.Node(peaks[i], root);
        return root;
    }
}
