using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>One change of a route, kept for good: who decided before, and what its audit leaf can be built again from.</summary>
internal sealed record ModelRouteChangeRow
{
    public static readonly BulkTable<ModelRouteChangeRow> Table = new(
        "model_route_changes",
        ["id", "namespace", "generation", "from_version_id", "to_version_id", "split", "reason", "actor", "changed_by", "changed_at", "leaf_id"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Namespace);
            writer.Write(row.Generation);
            writer.Write(row.FromVersionId);
            writer.Write(row.ToVersionId);
            writer.Write(row.Split);
            writer.Write(row.Reason);
            writer.Write(row.Actor);
            writer.Write(row.ChangedBy);
            writer.Write(row.ChangedAt);
            writer.Write(row.LeafId);
        });

    /// <summary>The act's id: the leaf refers to it.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required long Generation { get; init; }

    public long? FromVersionId { get; init; }

    public long? ToVersionId { get; init; }

    /// <summary>The shares from then on: see <see cref="RouteSplit"/>.</summary>
    public string? Split { get; init; }

    /// <summary>Of <see cref="RouteReasons"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>What wrote it, without personal data.</summary>
    public required string Actor { get; init; }

    /// <summary>On whose behalf, as far as known.</summary>
    public string? ChangedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required Guid LeafId { get; init; }
}

/// <summary>Why a route changes.</summary>
internal static class RouteReasons
{
    /// <summary>The host was started with a model where none decided, or with another one.</summary>
    public const string Started = "Started";

    /// <summary>A version came that goes before the one that decided.</summary>
    public const string Promoted = "Promoted";

    /// <summary>The kill switch of the version that decided was turned on.</summary>
    public const string KillSwitch = "KillSwitch";

    /// <summary>The version that decided is being deleted.</summary>
    public const string Deleted = "Deleted";

    /// <summary>The stage of the version that decided does not permit it any more.</summary>
    public const string Demoted = "Demoted";

    /// <summary>The version that decided was taken out of traffic, by its analysis or by a person.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>A rollout or an experiment moved shares of the traffic, or who scores in shadow; the stable version stays.</summary>
    public const string SharesMoved = "SharesMoved";
}

internal sealed class ModelRouteChangeRowConfiguration : IEntityTypeConfiguration<ModelRouteChangeRow>
{
    public void Configure(EntityTypeBuilder<ModelRouteChangeRow> builder)
    {
        builder.ToTable(ModelRouteChangeRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Generation }).IsUnique();
    }
}
