using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>The revision of a resource that is in force.</summary>
internal sealed record ResourceRow
{
    public required string Namespace { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required long Generation { get; init; }

    /// <summary>When the object was made, as its owner says.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The spec with its defaults in canonical JSON.</summary>
    public required string Spec { get; init; }

    public required string SpecHash { get; init; }

    /// <summary>Versions of the Secrets that the spec refers to, by name, in canonical JSON.</summary>
    public required string SecretVersions { get; init; }

    /// <summary>Labels in canonical JSON.</summary>
    public required string Labels { get; init; }

    public required ResourceOwner ManagedBy { get; init; }

    public string? ChangedBy { get; init; }

    public string? ChangeReason { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required Guid LeafId { get; init; }

    /// <summary>W3C trace context of the change.</summary>
    public string? Traceparent { get; init; }

    /// <summary>It is being drained and will be gone.</summary>
    public bool Deleting { get; init; }

    /// <summary>Counts the changes under this name, across objects: what a writer must still find.</summary>
    public required long Version { get; init; }

    public ResourceKey Key => new(Namespace, Kind, Name);

    /// <summary>The trace id within the trace context: 00-TRACE-SPAN-FLAGS.</summary>
    public string? TraceId => Traceparent is { Length: >= 35 } ? Traceparent[3..35] : null;
}

internal sealed class ResourceRowConfiguration : IEntityTypeConfiguration<ResourceRow>
{
    public void Configure(EntityTypeBuilder<ResourceRow> builder)
    {
        builder.ToTable("resources");
        builder.HasKey(row => new { row.Namespace, row.Kind, row.Name });
        builder.Property(row => row.ManagedBy).HasConversion<string>();
        builder.Ignore(row => row.Key);
        builder.Ignore(row => row.TraceId);
    }
}

internal static class ResourcesContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<ResourceRow> Resources => db.Set<ResourceRow>();

        public DbSet<ResourceHistoryRow> ResourceHistory => db.Set<ResourceHistoryRow>();

        public DbSet<ResourceSecretRow> ResourceSecrets => db.Set<ResourceSecretRow>();
    }
}
