using FinObs.Contracts.Resources.ModelVersions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Retraining.Runs;

internal enum RunState
{
    /// <summary>A worker will take it.</summary>
    Queued,

    /// <summary>A worker has it, as long as it holds the lease.</summary>
    Running,

    /// <summary>It is over; whether there is a candidate, <see cref="RetrainingRunRow.Candidate"/> says.</summary>
    Succeeded,

    /// <summary>It is over without a result.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>What came of a run that succeeded.</summary>
internal enum CandidateOutcome
{
    /// <summary>It is a ModelVersion that decides nothing.</summary>
    Registered,

    /// <summary>It is worse than what there is: the report says by how much.</summary>
    Refused,
}

/// <summary>One retraining. What it is now; how it got there is in <see cref="RetrainingChangeRow"/>.</summary>
internal sealed record RetrainingRunRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    public required TrainingTrigger Trigger { get; init; }

    public required string Reason { get; init; }

    /// <summary>Of two requests with one key the second is the first.</summary>
    public required string DedupeKey { get; init; }

    public required Guid WindowId { get; init; }

    public required string RequestedBy { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset DeadlineAt { get; init; }

    public required RunState State { get; init; }

    /// <summary>Counts the changes of state: a change is made from what was seen.</summary>
    public required int Revision { get; init; }

    /// <summary>Counts workers.</summary>
    public int Attempt { get; init; }

    /// <summary>What only the worker of <see cref="Attempt"/> knows.</summary>
    public string? Lease { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>0..1.</summary>
    public double Progress { get; init; }

    public string? Step { get; init; }

    /// <summary>The version that the candidate will have; given at the first attempt.</summary>
    public string? CandidateVersion { get; init; }

    /// <summary>The version that it must not be worse than; null where there is none.</summary>
    public string? ParentVersion { get; init; }

    public string? ParentDigest { get; init; }

    public CandidateOutcome? Candidate { get; init; }

    public string? ArtifactDigest { get; init; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Traceparent { get; init; }

    public bool IsOver => State is RunState.Succeeded or RunState.Failed or RunState.Cancelled;

    /// <summary>Its ModelVersion, where it becomes one.</summary>
    public string ResourceName => $"{Model}-{CandidateVersion}";
}

internal sealed class RetrainingRunConfiguration : IEntityTypeConfiguration<RetrainingRunRow>
{
    public void Configure(EntityTypeBuilder<RetrainingRunRow> builder)
    {
        builder.ToTable("retraining_runs");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Ignore(row => row.IsOver);
        builder.Ignore(row => row.ResourceName);
        builder.HasIndex(row => new { row.Namespace, row.Model, row.DedupeKey }).IsUnique();
        builder.HasIndex(row => new { row.Namespace, row.Id });
        builder.HasIndex(row => row.Id).HasFilter("state IN ('Queued', 'Running')").HasDatabaseName("ix_retraining_runs_open");
    }
}
