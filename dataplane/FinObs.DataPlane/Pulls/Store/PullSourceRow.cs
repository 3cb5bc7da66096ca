using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>How far pulling from one source is, and who is at it. State, not record.</summary>
internal sealed record PullSourceRow
{
    public required string Namespace { get; init; }

    /// <summary>Name of the PullSource.</summary>
    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>Revision of the resource that this was made for; an older one changes nothing.</summary>
    public required long Revision { get; init; }

    /// <summary>The run that has it; null = none.</summary>
    public Guid? LeaseOwner { get; init; }

    /// <summary>It has it until then, unless it says so again.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Counts the runs: what a run writes is taken only under its own number.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset NextRunAt { get; init; }

    /// <summary>Somebody asked for a run then.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>Of the page to be asked for next; null = from the beginning.</summary>
    public string? Cursor { get; init; }

    /// <summary>The newest that was seen by a sweep through all pages.</summary>
    public string? Watermark { get; init; }

    /// <summary>The newest that the sweep under way has seen.</summary>
    public string? Pending { get; init; }

    /// <summary>What the last answer was marked with, and for which request.</summary>
    public string? ETag { get; init; }

    /// <summary>Failed runs in a row.</summary>
    public required int Failures { get; init; }

    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>What the last run found, in JSON; null = there was none.</summary>
    public string? LastRun { get; init; }
}

internal sealed class PullSourceRowConfiguration : IEntityTypeConfiguration<PullSourceRow>
{
    public void Configure(EntityTypeBuilder<PullSourceRow> builder)
    {
        builder.ToTable("pull_sources");
        builder.HasKey(row => new { row.Namespace, row.Name });
        builder.Property(row => row.ETag).HasColumnName("etag");
    }
}

internal static class PullsContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<PullSourceRow> PullSources => db.Set<PullSourceRow>();

        public DbSet<PullRunRow> PullRuns => db.Set<PullRunRow>();

        public DbSet<QuarantineRow> PullQuarantine => db.Set<QuarantineRow>();

        public DbSet<PullChangeRow> PullChanges => db.Set<PullChangeRow>();
    }
}
