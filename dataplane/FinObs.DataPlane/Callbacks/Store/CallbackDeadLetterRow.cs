using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>A message that was given up: kept until somebody has it sent again, or until its retention is over.</summary>
internal sealed record CallbackDeadLetterRow
{
    private const string Columns =
        "id, namespace, target, type, topic, event_id, subject_id, event_at, order_key, traceparent, attempts, created_at, died_at, reason, status";

    public static readonly BulkTable<CallbackDeadLetterRow> Table = new(
        "callback_dead_letters",
        Columns.Split(", "),
        static (row, letter) => letter.Write(row),
        new BulkUpdate(
            $"INSERT INTO callback_dead_letters ({Columns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING",
            $"INSERT INTO callback_dead_letters ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT (id) DO NOTHING"));

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Target { get; init; }

    public required string Type { get; init; }

    public required string Topic { get; init; }

    public required long EventId { get; init; }

    public Guid? SubjectId { get; init; }

    public required DateTimeOffset EventAt { get; init; }

    public long? OrderKey { get; init; }

    public string? Traceparent { get; init; }

    public int Attempts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Of <see cref="DeadLetterReasons"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>HTTP status of the last answer; 0 = there was none.</summary>
    public int Status { get; init; }

    public static CallbackDeadLetterRow Of(CallbackDeliveryRow row, string reason, int status, DateTimeOffset now) => new()
    {
        Id = row.Id,
        Namespace = row.Namespace,
        Target = row.Target,
        Type = row.Type,
        Topic = row.Topic,
        EventId = row.EventId,
        SubjectId = row.SubjectId,
        EventAt = row.EventAt,
        OrderKey = row.OrderKey,
        Traceparent = row.Traceparent,
        Attempts = row.Attempts,
        CreatedAt = row.CreatedAt,
        DiedAt = now,
        Reason = reason,
        Status = status,
    };

    /// <summary>To be sent again, from its first attempt on.</summary>
    public CallbackDeliveryRow Revived(DateTimeOffset now) => new()
    {
        Id = Id,
        Namespace = Namespace,
        Target = Target,
        Type = Type,
        Topic = Topic,
        EventId = EventId,
        SubjectId = SubjectId,
        EventAt = EventAt,
        OrderKey = OrderKey,
        Traceparent = Traceparent,
        DueAt = now,
        CreatedAt = CreatedAt,
    };

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
        row.Write(CreatedAt);
        row.Write(DiedAt);
        row.Write(Reason);
        row.Write(Status);
    }
}

/// <summary>Why a message was given up.</summary>
internal static class DeadLetterReasons
{
    /// <summary>Every attempt of the schedule failed.</summary>
    public const string Exhausted = "Exhausted";

    /// <summary>The target was disabled.</summary>
    public const string Disabled = "Disabled";

    /// <summary>The target is being deleted, and the last attempt failed.</summary>
    public const string Deleted = "Deleted";

    /// <summary>What the event is about is not there any more.</summary>
    public const string ContentGone = "ContentGone";
}

internal sealed class CallbackDeadLetterConfiguration : IEntityTypeConfiguration<CallbackDeadLetterRow>
{
    public void Configure(EntityTypeBuilder<CallbackDeadLetterRow> builder)
    {
        builder.ToTable(CallbackDeadLetterRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Target, row.DiedAt, row.Id });
    }
}
