namespace FinObs.DataPlane.Outbox;

/// <summary>Messages side by side, each of the same size: id (16), subject (16), leaf (16), leaf's hash (32), trace (25). What is absent is all zero.</summary>
internal static class PackedMessages
{
    public const int Size = Trace + PackedTrace.Size;

    private const int IdSize = 16;
    private const int HashSize = 32;
    private const int Subject = IdSize;
    private const int Leaf = 2 * IdSize;
    private const int LeafHash = 3 * IdSize;
    private const int Trace = LeafHash + HashSize;

    public static byte[] Pack(IReadOnlyList<OutboxMessage> messages, int from, int to)
    {
        byte[] packed = new byte[(to - from) * Size];
        for (int i = from; i < to; i++)
        {
            OutboxMessage message = messages[i];
            Span<byte> at = packed.AsSpan((i - from) * Size, Size);
            Write(message.Id, at);
            Write(message.SubjectId ?? Guid.Empty, at[Subject..]);
            Write(message.LeafId ?? Guid.Empty, at[Leaf..]);
            message.LeafHash?.CopyTo(at[LeafHash..]);
            PackedTrace.Write(message.Traceparent, at[Trace..]);
        }

        return packed;
    }

    public static IEnumerable<OutboxMessage> Unpack(OutboxBlock block)
    {
        for (int i = 0; i < block.Messages; i++)
        {
            yield return Read(block, i);
        }
    }

    private static OutboxMessage Read(OutboxBlock block, int index)
    {
        ReadOnlySpan<byte> at = block.Packed.AsSpan(index * Size, Size);
        Guid? leaf = Id(at[Leaf..]);
        return new OutboxMessage
        {
            Id = new Guid(at[..IdSize], bigEndian: true),
            Namespace = block.Namespace,
            Topic = block.Topic,
            SubjectId = Id(at[Subject..]),
            LeafId = leaf,
            LeafHash = leaf is null ? null : at.Slice(LeafHash, HashSize).ToArray(),
            CreatedAt = block.CreatedAt,
            Traceparent = PackedTrace.Read(at[Trace..]),
        };
    }

    private static void Write(Guid id, Span<byte> to) => id.TryWriteBytes(to, bigEndian: true, out _);

    private static Guid? Id(ReadOnlySpan<byte> from) => new Guid(from[..IdSize], bigEndian: true) is var id && id == Guid.Empty ? null : id;
}
