using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>One attempt to deliver one message, as the delivery log keeps it: excerpts only, without secrets.</summary>
internal sealed record CallbackAttemptRow
{
    public static readonly BulkTable<CallbackAttemptRow> Table = new(
        "callback_attempts",
        ["id", "namespace", "target", "delivery_id", "subject_id", "type", "attempt", "started_at", "duration_ms", "outcome", "status", "reason", "detail", "request", "response"],
        static (row, attempt) =>
        {
            row.Write(attempt.Id);
            row.Write(attempt.Namespace);
            row.Write(attempt.Target);
            row.Write(attempt.DeliveryId);
            row.Write(attempt.SubjectId);
            row.Write(attempt.Type);
            row.Write(attempt.Attempt);
            row.Write(attempt.StartedAt);
            row.Write(attempt.DurationMs);
            row.Write(attempt.Outcome.ToString());
            row.Write(attempt.Status);
            row.Write(attempt.Reason);
            row.Write(attempt.Detail);
            row.Write(attempt.Request);
            row.Write(attempt.Response);
        });

    /// <summary>Version 7: in the order of time.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Target { get; init; }

    public required Guid DeliveryId { get; init; }

    /// <summary>What the event was about, e.g. a transaction; null for a test message.</summary>
    public Guid? SubjectId { get; init; }

    public required string Type { get; init; }

    /// <summary>1, 2, 3, …</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int DurationMs { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>HTTP status; 0 = no answer.</summary>
    public required int Status { get; init; }

    /// <summary>Of the reasons of EndpointReachable.</summary>
    public required string Reason { get; init; }

    /// <summary>What went wrong, in a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The beginning of the body; of a Full one, of its redacted form.</summary>
    public string? Request { get; init; }

    /// <summary>The beginning of the answer.</summary>
    public string? Response { get; init; }
}

/// <summary>What came of an attempt.</summary>
internal enum AttemptOutcome
{
    /// <summary>It arrived.</summary>
    Delivered,

    /// <summary>It is tried again.</summary>
    Retrying,

    /// <summary>It was given up.</summary>
    Failed,
}

internal sealed class CallbackAttemptConfiguration : IEntityTypeConfiguration<CallbackAttemptRow>
{
    public void Configure(EntityTypeBuilder<CallbackAttemptRow> builder)
    {
        builder.ToTable(CallbackAttemptRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Target, row.Id });
        builder.HasIndex(row => row.SubjectId).HasFilter("subject_id IS NOT NULL");
    }
}
