using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>What a version's scores were for.</summary>
internal enum WindowRole
{
    /// <summary>They decided.</summary>
    Decided,

    /// <summary>They were only compared.</summary>
    Shadow,
}

/// <summary>Five minutes of one version, added up: state that can be made again from the decisions, and no record.</summary>
internal sealed record WindowBucketRow
{
    public required string Namespace { get; init; }

    /// <summary>Row of <c>model_versions</c>; <see cref="WindowBuckets.NoVersion"/> for decisions that no model could score.</summary>
    public required long VersionId { get; init; }

    public required WindowRole Role { get; init; }

    /// <summary>Of the time of receipt, a multiple of <see cref="WindowBuckets.Length"/>.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Which bins the counts are of: <see cref="WindowLayout.Hash"/>.</summary>
    public required long Layout { get; init; }

    public required long Approved { get; init; }

    public required long Review { get; init; }

    public required long Blocked { get; init; }

    /// <summary>Those of the three that have no score.</summary>
    public required long Unscored { get; init; }

    public required byte[] Counts { get; init; }
}

internal static class WindowBuckets
{
    /// <summary>The version of decisions that were made without one.</summary>
    public const long NoVersion = 0;

    /// <summary>Divides the hour, so that a bucket belongs to one hour of the week in each time zone.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    public static DateTimeOffset StartOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % Length.Ticks), TimeSpan.Zero);

    public static DateTimeOffset HourOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}

internal sealed class WindowBucketConfiguration : IEntityTypeConfiguration<WindowBucketRow>
{
    public void Configure(EntityTypeBuilder<WindowBucketRow> builder)
    {
        builder.ToTable("window_buckets");
        builder.HasKey(row => new { row.Namespace, row.VersionId, row.Role, row.Start, row.Layout });
        builder.HasIndex(row => row.Start);
    }
}

internal static class MonitoringContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<WindowBucketRow> WindowBuckets => db.Set<WindowBucketRow>();

        public DbSet<WindowHourRow> WindowHours => db.Set<WindowHourRow>();
    }
}
