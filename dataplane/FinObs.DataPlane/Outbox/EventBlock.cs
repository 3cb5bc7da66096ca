using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox;

/// <summary>Events with consecutive ids that have topic and time in common, as one row; for the reason see <see cref="OutboxBlock"/>.</summary>
internal sealed record EventBlock
{
    public static readonly BulkTable<EventBlock> Table = new(
        "events",
        ["namespace", "last_id", "first_id", "topic", "created_at", "packed"],
        static (row, block) =>
        {
            row.Write(block.Namespace);
            row.Write(block.LastId);
            row.Write(block.FirstId);
            row.Write(block.Topic);
            row.Write(block.CreatedAt);
            row.Write(block.Packed);
        });

    private const int IdSize = 16;
    private const int Size = IdSize + PackedTrace.Size;

    public required string Namespace { get; init; }

    /// <summary>The last event's id; the key, so that "after this id" is a range of it.</summary>
    public required long LastId { get; init; }

    public required long FirstId { get; init; }

    public required string Topic { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>For each event: its subject (16), all zero for none, and its trace (25).</summary>
    public required byte[] Packed { get; init; }

    /// <summary>Gives the messages the ids from <paramref name="firstId"/> on; they are of one namespace and all have a topic.</summary>
    public static List<EventBlock> Number(IReadOnlyList<OutboxMessage> messages, long firstId)
    {
        List<EventBlock> blocks = [];
        for (int from = 0; from < messages.Count;)
        {
            int to = from + 1;
            while (to < messages.Count && messages[to].Topic == messages[from].Topic && messages[to].CreatedAt == messages[from].CreatedAt)
            {
                to++;
            }

            blocks.Add(new EventBlock
            {
                Namespace = messages[from].Namespace,
                FirstId = firstId + from,
                LastId = firstId + to - 1,
                Topic = messages[from].Topic!,
                CreatedAt = messages[from].CreatedAt,
                Packed = Pack(messages, from, to),
            });
            from = to;
        }

        return blocks;
    }

    /// <summary>The events after <paramref name="afterId"/>.</summary>
    public IEnumerable<StreamEvent> Unpack(long afterId)
    {
        for (long id = Math.Max(FirstId, afterId + 1); id <= LastId; id++)
        {
            yield return Read(id);
        }
    }

    private StreamEvent Read(long id)
    {
        ReadOnlySpan<byte> at = Packed.AsSpan((int)(id - FirstId) * Size, Size);
        Guid subject = new(at[..IdSize], bigEndian: true);
        return new StreamEvent
        {
            Namespace = Namespace,
            EventId = id,
            Topic = Topic,
            SubjectId = subject == Guid.Empty ? null : subject,
            CreatedAt = CreatedAt,
            Traceparent = PackedTrace.Read(at[IdSize..]),
        };
    }

    private static byte[] Pack(IReadOnlyList<OutboxMessage> messages, int from, int to)
    {
        byte[] packed = new byte[(to - from) * Size];
        for (int i = from; i < to; i++)
        {
            Span<byte> at = packed.AsSpan((i - from) * Size, Size);
            (messages[i].SubjectId ?? Guid.Empty).TryWriteBytes(at, bigEndian: true, out _);
            PackedTrace.Write(messages[i].Traceparent, at[IdSize..]);
        }

        return packed;
    }
}
