using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox;

/// <summary>
/// The messages of one commit that have namespace, topic and time in common, as one row. A queue whose every message were a row would cost more than what it tells of: each
/// is inserted, read, deleted and vacuumed, for a life of milliseconds.
/// </summary>
internal sealed record OutboxBlock
{
    public static readonly BulkTable<OutboxBlock> Table = new(
        "outbox",
        ["id", "namespace", "topic", "created_at", "messages", "packed"],
        static (row, block) =>
        {
            row.Write(block.Id);
            row.Write(block.Namespace);
            row.Write(block.Topic);
            row.Write(block.CreatedAt);
            row.Write(block.Messages);
            row.Write(block.Packed);
        });

    /// <summary>The first message's.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public string? Topic { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many.</summary>
    public required int Messages { get; init; }

    /// <summary>For each: its id, subject, leaf and leaf's hash, trace; see <see cref="PackedMessages"/>.</summary>
    public required byte[] Packed { get; init; }

    /// <summary>The rows to insert in the transaction of the acts.</summary>
    public static IBulkRows Rows(IReadOnlyList<OutboxMessage> messages) => Table.Rows(Of(messages));

    /// <summary>Messages in their order, cut where namespace, topic or time changes.</summary>
    public static List<OutboxBlock> Of(IReadOnlyList<OutboxMessage> messages)
    {
        List<OutboxBlock> blocks = [];
        for (int from = 0; from < messages.Count;)
        {
            int to = from + 1;
            while (to < messages.Count && Alike(messages[from], messages[to]))
            {
                to++;
            }

            blocks.Add(new OutboxBlock
            {
                Id = messages[from].Id,
                Namespace = messages[from].Namespace,
                Topic = messages[from].Topic,
                CreatedAt = messages[from].CreatedAt,
                Messages = to - from,
                Packed = PackedMessages.Pack(messages, from, to),
            });
            from = to;
        }

        return blocks;
    }

    public IEnumerable<OutboxMessage> Unpack() => PackedMessages.Unpack(this);

    private static bool Alike(OutboxMessage a, OutboxMessage b) => a.Namespace == b.Namespace && a.Topic == b.Topic && a.CreatedAt == b.CreatedAt;
}
