using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>
/// One event that one target has yet to be told. Its body is not in it: it is made from the record whenever it is sent, so personal data lie in one place only.
/// </summary>
internal sealed record CallbackDeliveryRow
{
    public static readonly BulkTable<CallbackDeliveryRow> Table = new(
        "callback_deliveries",
        ["id", "namespace", "target", "type", "topic", "event_id", "subject_id", "event_at", "order_key", "traceparent", "attempts", "due_at", "created_at"],
        static (row, delivery) => delivery.Write(row));

    /// <summary>The same where some of them may wait already.</summary>
    public static readonly BulkTable<CallbackDeliveryRow> TableOfMissing = Table with
    {
        Update = new BulkUpdate(
            $"INSERT INTO callback_deliveries ({string.Join(", ", Table.Columns)}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING",
            $"INSERT INTO callback_deliveries ({string.Join(", ", Table.Columns)}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING"),
    };

    /// <summary>They wait no more.</summary>
    public static readonly BulkTable<Guid> Done = new(
        "callback_deliveries", ["id"], static (row, id) => row.Write(id),
        new BulkUpdate("DELETE FROM callback_deliveries d USING unnest($1) AS done(id) WHERE d.id = done.id", "DELETE FROM callback_deliveries WHERE id = ?1"));

    /// <summary>They are tried again later.</summary>
    public static readonly BulkTable<CallbackDeliveryRow> Later = new(
        "callback_deliveries", ["id", "attempts", "due_at"],
        static (row, delivery) =>
        {
            row.Write(delivery.Id);
            row.Write(delivery.Attempts);
            row.Write(delivery.DueAt);
        },
        new BulkUpdate(
            "UPDATE callback_deliveries d SET attempts = later.attempts, due_at = later.due_at FROM unnest($1, $2, $3) AS later(id, attempts, due_at) WHERE d.id = later.id",
            "UPDATE callback_deliveries SET attempts = ?2, due_at = ?3 WHERE id = ?1"));

    /// <summary>What the receiver knows it by (<c>webhook-id</c>): the same for the same event and target, whenever it is sent again.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Name of the CallbackTarget.</summary>
    public required string Target { get; init; }

    /// <summary>As the target has subscribed to it, e.g. <c>transaction.flagged</c>.</summary>
    public required string Type { get; init; }

    /// <summary>As the log of events has it, e.g. <c>decision.made</c>.</summary>
    public required string Topic { get; init; }

    public required long EventId { get; init; }

    public Guid? SubjectId { get; init; }

    public required DateTimeOffset EventAt { get; init; }

    /// <summary>Hash of the account, where events of an account go in their order; else null.</summary>
    public long? OrderKey { get; init; }

    public string? Traceparent { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id as receivers see it.</summary>
    public string MessageId => CallbackIds.Text(Id);

    private void Write(IRowWriter row)
    {
        row.Write(Id);
        row.Write(Namespace);
        row.Write(Target);
        row.Write(Type);
        row.Write(Topic);
        row.Write(EventId);
        row.Write(SubjectId);
        row.Write(EventAt);
        row.Write(OrderKey);
        row.Write(Traceparent);
        row.Write(Attempts);
        row.Write(DueAt);
        row.Write(CreatedAt);
    }
}

internal sealed class CallbackDeliveryConfiguration : IEntityTypeConfiguration<CallbackDeliveryRow>
{
    public void Configure(EntityTypeBuilder<CallbackDeliveryRow> builder)
    {
        builder.ToTable(CallbackDeliveryRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Ignore(row => row.MessageId);
        builder.HasIndex(row => new { row.Namespace, row.Target, row.DueAt, row.Id });

        // Only of targets that want an account's events in their order.
        builder.HasIndex(row => new { row.Namespace, row.Target, row.OrderKey, row.EventId }).HasFilter("order_key IS NOT NULL");
    }
}
