using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>One change of a resource, kept for good: what its audit leaf can be built again from.</summary>
internal sealed record ResourceHistoryRow
{
    public static readonly BulkTable<ResourceHistoryRow> Table = new(
        "resource_history",
        ["id", "act", "namespace", "kind", "name", "revision", "uid", "generation", "created_at", "spec", "spec_hash", "secret_versions", "labels", "managed_by", "actor",
            "changed_by", "change_reason", "changed_at", "leaf_id", "traceparent"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Act);
            writer.Write(row.Namespace);
            writer.Write(row.Kind);
            writer.Write(row.Name);
            writer.Write(row.Revision);
            writer.Write(row.Uid);
            writer.Write(row.Generation);
            writer.Write(row.CreatedAt);
            writer.Write(row.Spec);
            writer.Write(row.SpecHash);
            writer.Write(row.SecretVersions);
            writer.Write(row.Labels);
            writer.Write(row.ManagedBy.ToString());
            writer.Write(row.Actor);
            writer.Write(row.ChangedBy);
            writer.Write(row.ChangeReason);
            writer.Write(row.ChangedAt);
            writer.Write(row.LeafId);
            writer.Write(row.Traceparent);
        });

    /// <summary>The act's id: the leaf refers to it.</summary>
    public required Guid Id { get; init; }

    /// <summary><see cref="ResourceActs.Applied"/> or <see cref="ResourceActs.Deleted"/>.</summary>
    public required string Act { get; init; }

    public required string Namespace { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>1, 2, 3, … under this name, across objects.</summary>
    public required long Revision { get; init; }

    public required string Uid { get; init; }

    public required long Generation { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string Spec { get; init; }

    public required string SpecHash { get; init; }

    public required string SecretVersions { get; init; }

    public required string Labels { get; init; }

    public required ResourceOwner ManagedBy { get; init; }

    /// <summary>Who brought the change, as sign-in says; without sign-in and for files the way it came, e.g. <c>resources:files</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>Who made it, as <see cref="Actor"/> says: asserted, not proven.</summary>
    public string? ChangedBy { get; init; }

    public string? ChangeReason { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required Guid LeafId { get; init; }

    public string? Traceparent { get; init; }

    public ResourceKey Key => new(Namespace, Kind, Name);

    /// <summary>The change that made this row what it is.</summary>
    public static ResourceHistoryRow Of(ResourceRow row, Guid id, string act, string actor) => new()
    {
        Id = id,
        Act = act,
        Namespace = row.Namespace,
        Kind = row.Kind,
        Name = row.Name,
        Revision = row.Version,
        Uid = row.Uid,
        Generation = row.Generation,
        CreatedAt = row.CreatedAt,
        Spec = row.Spec,
        SpecHash = row.SpecHash,
        SecretVersions = row.SecretVersions,
        Labels = row.Labels,
        ManagedBy = row.ManagedBy,
        Actor = actor,
        ChangedBy = row.ChangedBy,
        ChangeReason = row.ChangeReason,
        ChangedAt = row.ChangedAt,
        LeafId = row.LeafId,
        Traceparent = row.Traceparent,
    };
}

internal sealed class ResourceHistoryRowConfiguration : IEntityTypeConfiguration<ResourceHistoryRow>
{
    public void Configure(EntityTypeBuilder<ResourceHistoryRow> builder)
    {
        builder.ToTable(ResourceHistoryRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.ManagedBy).HasConversion<string>();
        builder.Ignore(row => row.Key);

        // Two writers who both saw the same revision cannot both add the next one.
        builder.HasIndex(row => new { row.Namespace, row.Kind, row.Name, row.Revision }).IsUnique();
    }
}
