using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Experiments.Runs;

/// <summary>How far an experiment is: everything that its next step depends on, so that any replica can take it. Changed by compare-and-swap on <see cref="Generation"/>.</summary>
internal sealed record ExperimentRow
{
    /// <summary>The resource's.</summary>
    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The resource's.</summary>
    public required string Name { get; init; }

    public required string Model { get; init; }

    public required ExperimentPhase Phase { get; init; }

    /// <summary>Who is behind it.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Since when it asks for the route.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Since when its arms decide (or score); null = it waits for them, or for the route. What came before does not count.</summary>
    public DateTimeOffset? ServingSince { get; init; }

    /// <summary>When it is evaluated next.</summary>
    public DateTimeOffset? NextLookAt { get; init; }

    /// <summary>Versions of the arms by their rows, in JSON: see <see cref="ServedArm"/>.</summary>
    public string Arms { get; init; } = "[]";

    /// <summary>From when on how many units take part, in JSON: see <see cref="Enrolment"/>.</summary>
    public string Enrolled { get; init; } = "[]";

    /// <summary>The newest evaluation, in JSON; all of them are in the history.</summary>
    public string? Evaluation { get; init; }

    /// <summary>A person went on although signals had paused it: they do not do so again.</summary>
    public bool IgnoresSignals { get; init; }

    /// <summary>The last request for approval.</summary>
    public Guid? ApprovalId { get; init; }

    /// <summary>The arm that won.</summary>
    public string? Winner { get; init; }

    /// <summary>Who agreed to its promotion.</summary>
    public string? PromotedBy { get; init; }

    /// <summary>Of <see cref="ExperimentReasons"/>: why the last change was made.</summary>
    public required string Reason { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Detail { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Generation { get; init; }

    /// <summary>Nothing follows any more.</summary>
    public bool IsOver => Phase is ExperimentPhase.Stopped or ExperimentPhase.Inconclusive or ExperimentPhase.Promoted;

    /// <summary>A treatment won and nobody has promoted it yet: its units stay with it.</summary>
    public bool WaitsForPromotion => Phase == ExperimentPhase.Concluded && Winner is not null && Winner != Judging.ExperimentArms.Control;
}

internal sealed class ExperimentConfiguration : IEntityTypeConfiguration<ExperimentRow>
{
    public void Configure(EntityTypeBuilder<ExperimentRow> builder)
    {
        builder.ToTable("experiments");
        builder.HasKey(row => row.Uid);
        builder.Property(row => row.Generation).IsConcurrencyToken();
        builder.Ignore(row => row.IsOver);
        builder.Ignore(row => row.WaitsForPromotion);
        builder.HasIndex(row => row.Namespace);
    }
}

internal static class ExperimentTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ExperimentRow> Experiments => db.Set<ExperimentRow>();

        public DbSet<ExperimentChangeRow> ExperimentChanges => db.Set<ExperimentChangeRow>();
    }
}
