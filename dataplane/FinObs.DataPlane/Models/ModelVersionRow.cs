using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models;

/// <summary>A registered model version: a name for the bytes of an artifact, given once.</summary>
internal sealed class ModelVersionRow
{
    public long Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary><c>sha256:</c> and 64 hex digits.</summary>
    public required string Digest { get; init; }

    /// <summary>Score from which on a transaction is reviewed, as the manifest says.</summary>
    public double ReviewAt { get; init; }

    /// <summary>Score from which on it is blocked, as the manifest says.</summary>
    public double BlockAt { get; init; }

    /// <summary>Who registered it, of <see cref="ModelOrigins"/>.</summary>
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

/// <summary>Who registers a version.</summary>
internal static class ModelOrigins
{
    /// <summary>The host itself, where there was no other.</summary>
    public const string BuiltIn = "built-in";

    /// <summary><c>Models:Artifact</c>.</summary>
    public const string Configured = "configured";

    /// <summary>A ModelVersion.</summary>
    public const string Resource = "resource";
}

/// <summary>The thresholds that a version's spec sets in place of its manifest's; none = the manifest's.</summary>
internal sealed record ModelThresholdsRow
{
    public required long VersionId { get; init; }

    public required double ReviewAt { get; init; }

    public required double BlockAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }
}

internal sealed class ModelThresholdsRowConfiguration : IEntityTypeConfiguration<ModelThresholdsRow>
{
    public void Configure(EntityTypeBuilder<ModelThresholdsRow> builder)
    {
        builder.ToTable("model_thresholds");
        builder.HasKey(row => row.VersionId);
        builder.Property(row => row.VersionId).ValueGeneratedNever();
    }
}

/// <summary>A model version as one kind of machine computes it, and from which score on it decides what: what a stored decision must be replayed with.</summary>
internal sealed class ScoringEngineRow
{
    public long Id { get; init; }

    public long ModelVersionId { get; init; }

    /// <summary>Runtime, instruction set, artifact and feature code.</summary>
    public required string Fingerprint { get; init; }

    public double ReviewAt { get; init; }

    public double BlockAt { get; init; }

    public DateTimeOffset FirstSeenAt { get; init; }
}

internal sealed class ScoringEngineRowConfiguration : IEntityTypeConfiguration<ScoringEngineRow>
{
    public void Configure(EntityTypeBuilder<ScoringEngineRow> builder)
    {
        builder.ToTable("scoring_engines");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.ModelVersionId, row.Fingerprint, row.ReviewAt, row.BlockAt }).IsUnique();
    }
}

internal static class ModelsContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<ModelVersionRow> ModelVersions => db.Set<ModelVersionRow>();

        public DbSet<ScoringEngineRow> ScoringEngines => db.Set<ScoringEngineRow>();

        public DbSet<ModelThresholdsRow> ModelThresholds => db.Set<ModelThresholdsRow>();

        public DbSet<ArtifactRow> Artifacts => db.Set<ArtifactRow>();

        public DbSet<ModelRouteRow> ModelRoutes => db.Set<ModelRouteRow>();

        public DbSet<ModelRouteChangeRow> ModelRouteChanges => db.Set<ModelRouteChangeRow>();

        public DbSet<ServingReadinessRow> ServingReadiness => db.Set<ServingReadinessRow>();
    }
}
