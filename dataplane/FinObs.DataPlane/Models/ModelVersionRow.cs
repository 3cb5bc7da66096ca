using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models;

/// <summary>A registered model version with its artifact, immutable and content-addressed.</summary>
internal sealed class ModelVersionRow
{
    public long Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary><c>sha256:</c> and 64 hex digits.</summary>
    public required string Digest { get; init; }

    /// <summary>The artifact as a zip.</summary>
    public required byte[] Artifact { get; init; }

    /// <summary>Score from which on a transaction is reviewed.</summary>
    public double ReviewAt { get; init; }

    /// <summary>Score from which on it is blocked.</summary>
    public double BlockAt { get; init; }

    /// <summary>Where it came from: <c>built-in</c>, <c>configured</c>.</summary>
    public required string Origin { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }
}

internal sealed class ModelVersionRowConfiguration : IEntityTypeConfiguration<ModelVersionRow>
{
    public void Configure(EntityTypeBuilder<ModelVersionRow> builder)
    {
        builder.ToTable("model_versions");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.Namespace, row.Model, row.Version }).IsUnique();
    }
}

/// <summary>A model version as one kind of machine computes it: the pair that a stored score must be replayed with.</summary>
internal sealed class ScoringEngineRow
{
    public long Id { get; init; }

    public long ModelVersionId { get; init; }

    /// <summary>Runtime, instruction set, artifact and feature code.</summary>
    public required string Fingerprint { get; init; }

    public DateTimeOffset FirstSeenAt { get; init; }
}

internal sealed class ScoringEngineRowConfiguration : IEntityTypeConfiguration<ScoringEngineRow>
{
    public void Configure(EntityTypeBuilder<ScoringEngineRow> builder)
    {
        builder.ToTable("scoring_engines");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.ModelVersionId, row.Fingerprint }).IsUnique();
    }
}

/// <summary>Which version of the namespace's model decides. One row, so a change of route is one write.</summary>
internal sealed class ModelRouteRow
{
    public required string Namespace { get; init; }

    public long StableVersionId { get; set; }

    /// <summary>Counts the changes.</summary>
    public long Generation { get; set; }

    public DateTimeOffset ChangedAt { get; set; }
}

internal sealed class ModelRouteRowConfiguration : IEntityTypeConfiguration<ModelRouteRow>
{
    public void Configure(EntityTypeBuilder<ModelRouteRow> builder)
    {
        builder.ToTable("model_routes");
        builder.HasKey(row => row.Namespace);
    }
}

internal static class ModelsContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<ModelVersionRow> ModelVersions => db.Set<ModelVersionRow>();

        public DbSet<ScoringEngineRow> ScoringEngines => db.Set<ScoringEngineRow>();

        public DbSet<ModelRouteRow> ModelRoutes => db.Set<ModelRouteRow>();
    }
}
