using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>What the operator last said of a version's pods. State, not record: it is said again and again.</summary>
internal sealed record ServingReadinessRow
{
    public required string Namespace { get; init; }

    /// <summary>Name of the ModelVersion.</summary>
    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required string Digest { get; init; }

    /// <summary>Addresses in JSON.</summary>
    public required string Endpoints { get; init; }

    public required int Replicas { get; init; }

    public required int ReadyReplicas { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }
}

internal sealed class ServingReadinessRowConfiguration : IEntityTypeConfiguration<ServingReadinessRow>
{
    public void Configure(EntityTypeBuilder<ServingReadinessRow> builder)
    {
        builder.ToTable("serving_readiness");
        builder.HasKey(row => new { row.Namespace, row.Name });
    }
}
