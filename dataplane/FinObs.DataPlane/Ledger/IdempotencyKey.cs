using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Ledger;

/// <summary>
/// What a sender's id stands for in the index: 16 bytes of SHA-256 of the id, the first half mixed with a hash of the namespace, the second with one of namespace and source. One narrow key instead of
/// three columns: the index of ten million ids then stays in memory, where its random inserts belong. Whoever knows the id but not its source reads the range of the first half.
/// </summary>
internal static class IdempotencyKey
{
    private const int Half = 8;
    private const int RememberedSources = 1_000;
    private static readonly ConcurrentDictionary<(string Namespace, string? Source), long> Masks = new();

    /// <param name="namespace">The tenant.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="idHash">SHA-256 of the sender's id.</param>
    public static Guid Of(string @namespace, string source, ReadOnlySpan<byte> idHash) => Join(idHash, Mask(@namespace, null), Mask(@namespace, source));

    /// <summary>The keys that this id can have, whatever its source: from, to, both included.</summary>
    public static (Guid From, Guid To) AnySource(string @namespace, ReadOnlySpan<byte> idHash)
    {
        Span<byte> bytes = stackalloc byte[2 * Half];
        long first = BinaryPrimitives.ReadInt64BigEndian(idHash) ^ Mask(@namespace, null);
        BinaryPrimitives.WriteInt64BigEndian(bytes, first);
        bytes[Half..].Clear();
        Guid from = new(bytes, bigEndian: true);
        bytes[Half..].Fill(0xff);
        return (from, new Guid(bytes, bigEndian: true));
    }

    private static Guid Join(ReadOnlySpan<byte> idHash, long firstMask, long secondMask)
    {
        Span<byte> bytes = stackalloc byte[2 * Half];
        BinaryPrimitives.WriteInt64BigEndian(bytes, BinaryPrimitives.ReadInt64BigEndian(idHash) ^ firstMask);
        BinaryPrimitives.WriteInt64BigEndian(bytes[Half..], BinaryPrimitives.ReadInt64BigEndian(idHash[Half..]) ^ secondMask);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Namespaces and sources are few; should someone send ever new ones, they are hashed each time and nothing grows.</summary>
    private static long Mask(string @namespace, string? source)
    {
        if (Masks.TryGetValue((@namespace, source), out long known))
        {
            return known;
        }

        // A namespace never holds a NUL, so no pair can pass for another.
        long mask = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(source is null ? @namespace : $"{@namespace}\0{source}")));
        if (Masks.Count < RememberedSources)
        {
            Masks[(@namespace, source)] = mask;
        }

        return mask;
    }
}
