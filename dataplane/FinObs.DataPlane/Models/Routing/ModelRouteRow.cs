using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>Which version of the namespace's model decides. One row, so a change of route is one write.</summary>
internal sealed record ModelRouteRow
{
    public required string Namespace { get; init; }

    /// <summary>Null = none may: the default namespace's transactions go to review.</summary>
    public long? StableVersionId { get; init; }

    /// <summary>The one that decided before.</summary>
    public long? PreviousVersionId { get; init; }

    /// <summary>See <see cref="RouteSplit"/>; null = the stable version decides everything, and nobody scores beside it.</summary>
    public string? Split { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Generation { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }
}

internal sealed class ModelRouteRowConfiguration : IEntityTypeConfiguration<ModelRouteRow>
{
    public void Configure(EntityTypeBuilder<ModelRouteRow> builder)
    {
        builder.ToTable("model_routes");
        builder.HasKey(row => row.Namespace);
    }
}
