using System.Text.Json.Serialization;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>Where a rollout is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutPhase>))]
internal enum RolloutPhase
{
    /// <summary>It gets on, or waits for what its step asks for.</summary>
    Progressing,

    /// <summary>It stands where it is until a person says otherwise.</summary>
    Paused,

    /// <summary>Out of traffic until a person says otherwise.</summary>
    RolledBack,

    /// <summary>All steps are done.</summary>
    Promoted,
}

/// <summary>How far the rollout of one ModelVersion is: everything that its next step depends on, so that any replica can take it. Changed by compare-and-swap on <see cref="Generation"/>.</summary>
internal sealed record RolloutRow
{
    /// <summary>The resource's.</summary>
    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The resource's.</summary>
    public required string Name { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>Row of <c>model_versions</c>.</summary>
    public required long VersionId { get; init; }

    /// <summary>Digest of steps and artifact: others are another rollout.</summary>
    public required string StepHash { get; init; }

    /// <summary>Who is behind it: cannot approve where requesters are excluded.</summary>
    public string? RequestedBy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public RolloutPhase Phase { get; init; }

    /// <summary>Index of the step, from 0; the number of steps = all done.</summary>
    public int Step { get; init; }

    public required DateTimeOffset StepStartedAt { get; init; }

    /// <summary>Percent of the traffic that it decides.</summary>
    public int Weight { get; init; }

    public required DateTimeOffset WeightSince { get; init; }

    /// <summary>Percent of the traffic that it scores in shadow.</summary>
    public int ShadowPercent { get; init; }

    public required DateTimeOffset ShadowSince { get; init; }

    /// <summary>Failed analyses in this step.</summary>
    public int Failures { get; init; }

    /// <summary>Inconclusive analyses in a row.</summary>
    public int Inconclusive { get; init; }

    /// <summary>When the next analysis is due; null = none.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>The newest results, in JSON.</summary>
    public string Analysis { get; init; } = "[]";

    /// <summary>The open or last request for approval.</summary>
    public Guid? ApprovalId { get; init; }

    /// <summary>The last step that people approved.</summary>
    public int? ApprovedStep { get; init; }

    /// <summary>Of <see cref="RolloutReasons"/>: why the last change was made.</summary>
    public required string Reason { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Detail { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Generation { get; init; }
}

internal sealed class RolloutConfiguration : IEntityTypeConfiguration<RolloutRow>
{
    public void Configure(EntityTypeBuilder<RolloutRow> builder)
    {
        builder.ToTable("rollouts");
        builder.HasKey(row => row.Uid);
        builder.Property(row => row.Generation).IsConcurrencyToken();
        builder.HasIndex(row => row.Namespace);
    }
}

internal static class RolloutTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<RolloutRow> Rollouts => db.Set<RolloutRow>();

        public DbSet<RolloutChangeRow> RolloutChanges => db.Set<RolloutChangeRow>();

        public DbSet<Shadow.ShadowScoreRow> ShadowScores => db.Set<Shadow.ShadowScoreRow>();
    }
}
