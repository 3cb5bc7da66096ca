using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>One run that is over.</summary>
internal sealed record PullRunRow
{
    public static readonly BulkTable<PullRunRow> Table = new(
        "pull_runs",
        ["id", "namespace", "name", "started_at", "ended_at", "outcome", "http_status", "pages", "fetched", "ingested", "duplicates", "rejected", "flagged", "message", "trace_id"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Namespace);
            writer.Write(row.Name);
            writer.Write(row.StartedAt);
            writer.Write(row.EndedAt);
            writer.Write(row.Outcome);
            writer.Write(row.HttpStatus);
            writer.Write(row.Pages);
            writer.Write(row.Fetched);
            writer.Write(row.Ingested);
            writer.Write(row.Duplicates);
            writer.Write(row.Rejected);
            writer.Write(row.Flagged);
            writer.Write(row.Message);
            writer.Write(row.TraceId);
        });

    /// <summary>Owner of the lease.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Of <see cref="RunOutcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The last; 0 = none.</summary>
    public required int HttpStatus { get; init; }

    public required int Pages { get; init; }

    public required long Fetched { get; init; }

    public required long Ingested { get; init; }

    public required long Duplicates { get; init; }

    public required long Rejected { get; init; }

    public required long Flagged { get; init; }

    /// <summary>What was wrong, in a sentence without what was answered.</summary>
    public string? Message { get; init; }

    public string? TraceId { get; init; }
}

/// <summary>How runs end.</summary>
internal static class RunOutcomes
{
    /// <summary>All there was is taken in.</summary>
    public const string Completed = "Completed";

    /// <summary>The server said that nothing has changed.</summary>
    public const string NotModified = "NotModified";

    /// <summary>As much as a run may take is taken in; the next goes on.</summary>
    public const string More = "More";

    /// <summary>It could not go on; what was taken in stays.</summary>
    public const string Failed = "Failed";

    /// <summary>The source goes, rests or the host stops; the next goes on.</summary>
    public const string Stopped = "Stopped";
}

internal sealed class PullRunRowConfiguration : IEntityTypeConfiguration<PullRunRow>
{
    public void Configure(EntityTypeBuilder<PullRunRow> builder)
    {
        builder.ToTable(PullRunRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Name, row.StartedAt });
    }
}
