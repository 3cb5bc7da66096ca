using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Models.Artifacts;

/// <summary>An artifact under its content address. Written once.</summary>
internal sealed record ArtifactRow
{
    /// <summary><c>sha256:</c> and 64 hex digits.</summary>
    public required string Digest { get; init; }

    /// <summary>The act's id: its audit leaf refers to it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The two files, packed by us.</summary>
    public required byte[] Zip { get; init; }

    public required long Size { get; init; }

    /// <summary><c>manifest.json</c> as it is in the zip.</summary>
    public required string Manifest { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    public double ReviewAt { get; init; }

    public double BlockAt { get; init; }

    /// <summary>By which way it came: <see cref="ArtifactOrigins"/>, or that of the version it was registered for.</summary>
    public required string Origin { get; init; }

    public string? UploadedBy { get; init; }

    public required DateTimeOffset UploadedAt { get; init; }

    public required Guid LeafId { get; init; }
}

/// <summary>By which way an artifact comes, beside <see cref="ModelOrigins"/>.</summary>
internal static class ArtifactOrigins
{
    public const string Uploaded = "uploaded";

    /// <summary>From where a ModelVersion says it is.</summary>
    public const string Fetched = "fetched";
}

/// <summary>What must be known of an artifact to register it.</summary>
internal sealed record ArtifactInfo(string Digest, string Model, string Version, DecisionThresholds Thresholds)
{
    public static ArtifactInfo Of(ModelArtifact artifact) => new(artifact.Digest, artifact.Manifest.Model, artifact.Manifest.Version, artifact.Manifest.Thresholds);
}

internal sealed class ArtifactRowConfiguration : IEntityTypeConfiguration<ArtifactRow>
{
    public void Configure(EntityTypeBuilder<ArtifactRow> builder)
    {
        builder.ToTable("artifacts");
        builder.HasKey(row => row.Digest);
        builder.HasIndex(row => row.Id).IsUnique();
    }
}
