using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Experiments.Runs;

/// <summary>One change of an experiment, kept for good with the evaluation that it rests on.</summary>
internal sealed record ExperimentChangeRow
{
    public const string Kind = "experiment.changed";
    public const string TableName = "experiment_changes";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The resource's.</summary>
    public required string Uid { get; init; }

    public required string Name { get; init; }

    public required long Generation { get; init; }

    public required string Reason { get; init; }

    public required string Detail { get; init; }

    public required string Actor { get; init; }

    public required ExperimentPhase Phase { get; init; }

    public required string Arms { get; init; }

    public required string Enrolled { get; init; }

    public string? Winner { get; init; }

    public Guid? ApprovalId { get; init; }

    /// <summary>The evaluation that led to it, in JSON; null where none did.</summary>
    public string? Evaluation { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }

    public static ExperimentChangeRow Of(ExperimentRow row, string actor, string? evaluation) => new()
    {
        Id = Guid.CreateVersion7(row.ChangedAt),
        Namespace = row.Namespace,
        Uid = row.Uid,
        Name = row.Name,
        Generation = row.Generation,
        Reason = row.Reason,
        Detail = row.Detail,
        Actor = actor,
        Phase = row.Phase,
        Arms = row.Arms,
        Enrolled = row.Enrolled,
        Winner = row.Winner,
        ApprovalId = row.ApprovalId,
        Evaluation = evaluation,
        At = row.ChangedAt,
    };

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actor", Actor), ("approval", ApprovalId), ("arms", Arms), ("at", At), ("detail", Detail), ("enrolled", Enrolled), ("evaluation", Evaluation), ("generation", Generation), ("id", Id), ("name", Name),
        ("namespace", Namespace), ("phase", Phase), ("reason", Reason), ("uid", Uid), ("v", 1), ("winner", Winner));

    public AuditAct Act() => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = Actor,
        Ref = Id,
        Payload = Payload(),
        Topic = Kind,
    };
}

internal sealed class ExperimentChangeConfiguration : IEntityTypeConfiguration<ExperimentChangeRow>
{
    public void Configure(EntityTypeBuilder<ExperimentChangeRow> builder)
    {
        builder.ToTable(ExperimentChangeRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.At).HasColumnName("changed_at");
        builder.HasIndex(row => new { row.Uid, row.Generation }).IsUnique();
    }
}

/// <summary>What became of experiments stays readable.</summary>
internal sealed class ExperimentSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, ExperimentChangeRow.TableName);
}

/// <summary>Rebuilds what became of experiments.</summary>
internal sealed class ExperimentProjection(IDatabase database) : IAuditProjection
{
    public string Kind => ExperimentChangeRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ExperimentChangeRow> rows = await db.ExperimentChanges.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
