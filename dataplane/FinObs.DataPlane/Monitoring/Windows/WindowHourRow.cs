using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>The decisions of one version in one hour, by kind: the buckets' numbers added up in the same commit, for whoever looks at weeks.</summary>
internal sealed record WindowHourRow
{
    public required string Namespace { get; init; }

    public required long VersionId { get; init; }

    public required WindowRole Role { get; init; }

    /// <summary>Of the time of receipt, a whole hour.</summary>
    public required DateTimeOffset Start { get; init; }

    public required long Approved { get; init; }

    public required long Review { get; init; }

    public required long Blocked { get; init; }

    public required long Unscored { get; init; }
}

/// <summary>Decisions of some time, by kind.</summary>
internal readonly record struct DecisionKinds(long Approved, long Review, long Blocked)
{
    public long Rows => Approved + Review + Blocked;

    /// <summary>Share reviewed or blocked; 0 where there is nothing.</summary>
    public double AlertRate => Rows == 0 ? 0 : (Review + Blocked) / (double)Rows;
}

internal sealed class WindowHourConfiguration : IEntityTypeConfiguration<WindowHourRow>
{
    public void Configure(EntityTypeBuilder<WindowHourRow> builder)
    {
        builder.ToTable("window_hours");
        builder.HasKey(row => new { row.Namespace, row.VersionId, row.Role, row.Start });
        builder.HasIndex(row => row.Start);
    }
}
