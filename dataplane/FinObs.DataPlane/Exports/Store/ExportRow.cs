using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Exports.Store;

internal enum ExportStatus
{
    /// <summary>People must agree first.</summary>
    AwaitingApproval,

    /// <summary>A worker will take it.</summary>
    Pending,

    /// <summary>A worker writes it; another takes over when its lease ends.</summary>
    Running,

    /// <summary>The file can be fetched.</summary>
    Ready,

    /// <summary>It will not be made; the row says why.</summary>
    Failed,

    /// <summary>The file was removed after its time; the manifest stays.</summary>
    Expired,
}

/// <summary>One export, asked for or scheduled. Kept for good; its file is kept in parts, for a while.</summary>
internal sealed record ExportRow
{
    public static readonly BulkTable<ExportRow> Table = new(
        "exports",
        ["id", "namespace", "type", "format", "scope", "personal", "status", "requested_by", "requested_at", "reason", "schedule", "occurrence", "approval_id", "lease_until", "attempt", "rows", "bytes",
            "sha256", "manifest", "failure", "finished_at", "expires_at"],
        static (row, export) =>
        {
            row.Write(export.Id);
            row.Write(export.Namespace);
            row.Write(export.Type);
            row.Write(export.Format);
            row.Write(export.Scope);
            row.Write(export.Personal);
            row.Write(export.Status.ToString());
            row.Write(export.RequestedBy);
            row.Write(export.RequestedAt);
            row.Write(export.Reason);
            row.Write(export.Schedule);
            row.Write(export.Occurrence);
            row.Write(export.ApprovalId);
            row.Write((long?)null);
            row.Write(0);
            row.Write((long?)null);
            row.Write((long?)null);
            row.Write((string?)null);
            row.Write((string?)null);
            row.Write((string?)null);
            row.Write((long?)null);
            row.Write((long?)null);
        });

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>See <see cref="IExportSource.Type"/>.</summary>
    public required string Type { get; init; }

    /// <summary><c>csv</c> or <c>json</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Which rows, in canonical JSON.</summary>
    public required string Scope { get; init; }

    /// <summary>Personal data in clear; otherwise tokens.</summary>
    public required bool Personal { get; init; }

    public required ExportStatus Status { get; init; }

    /// <summary>Actor.</summary>
    public required string RequestedBy { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Why, as whoever asked says.</summary>
    public string? Reason { get; init; }

    /// <summary>Name of the schedule; null where somebody asked.</summary>
    public string? Schedule { get; init; }

    /// <summary>Unix seconds of the schedule's time: a time makes one export, however many replicas there are.</summary>
    public long? Occurrence { get; init; }

    public Guid? ApprovalId { get; init; }

    /// <summary>Unix milliseconds until which the worker of <see cref="Attempt"/> has it.</summary>
    public long? LeaseUntil { get; init; }

    /// <summary>Counts workers: parts of an attempt that lost its lease are not read.</summary>
    public int Attempt { get; init; }

    public long? Rows { get; init; }

    public long? Bytes { get; init; }

    /// <summary>Of the file, in hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The signed manifest as it is handed out.</summary>
    public string? Manifest { get; init; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Failure { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? FinishedAt { get; init; }

    /// <summary>Unix milliseconds; then the file is removed.</summary>
    public long? ExpiresAt { get; init; }
}

/// <summary>A piece of an export's file.</summary>
internal sealed record ExportPartRow
{
    public static readonly BulkTable<ExportPartRow> Table = new(
        "export_parts",
        ["export_id", "attempt", "number", "bytes"],
        static (row, part) =>
        {
            row.Write(part.ExportId);
            row.Write(part.Attempt);
            row.Write(part.Number);
            row.Write(part.Bytes);
        });

    public required Guid ExportId { get; init; }

    public required int Attempt { get; init; }

    public required int Number { get; init; }

    public required byte[] Bytes { get; init; }
}

internal static class ExportTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ExportRow> Exports => db.Set<ExportRow>();

        public DbSet<ExportPartRow> ExportParts => db.Set<ExportPartRow>();
    }
}

internal sealed class ExportConfiguration : IEntityTypeConfiguration<ExportRow>
{
    public void Configure(EntityTypeBuilder<ExportRow> builder)
    {
        builder.ToTable(ExportRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.Status).HasConversion<string>();
        builder.HasIndex(row => new { row.Namespace, row.Id });
        builder.HasIndex(row => new { row.Schedule, row.Occurrence }).IsUnique().HasFilter("schedule IS NOT NULL");
        builder.HasIndex(row => row.Id).HasFilter("status IN ('Pending', 'Running', 'Ready')").HasDatabaseName("ix_exports_open");
    }
}

internal sealed class ExportPartConfiguration : IEntityTypeConfiguration<ExportPartRow>
{
    public void Configure(EntityTypeBuilder<ExportPartRow> builder)
    {
        builder.ToTable(ExportPartRow.Table.Name);
        builder.HasKey(row => new { row.ExportId, row.Attempt, row.Number });
    }
}
