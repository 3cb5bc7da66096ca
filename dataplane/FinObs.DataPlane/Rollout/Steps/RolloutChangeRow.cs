using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>One change of a rollout, kept for good with the analysis that it rests on.</summary>
internal sealed record RolloutChangeRow
{
    public const string Kind = "rollout.changed";
    public const string TableName = "rollout_changes";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The resource's.</summary>
    public required string Uid { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    public required long Generation { get; init; }

    public required string Reason { get; init; }

    public required string Detail { get; init; }

    public required string Actor { get; init; }

    public required RolloutPhase Phase { get; init; }

    public required int Step { get; init; }

    public required int Weight { get; init; }

    public required int ShadowPercent { get; init; }

    public Guid? ApprovalId { get; init; }

    /// <summary>The results of the analysis that led to it, in JSON; null where none did.</summary>
    public string? Results { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }

    public static RolloutChangeRow Of(RolloutRow row, string actor, string? results) => new()
    {
        Id = Guid.CreateVersion7(row.ChangedAt),
        Namespace = row.Namespace,
        Uid = row.Uid,
        Model = row.Model,
        Version = row.Version,
        Generation = row.Generation,
        Reason = row.Reason,
        Detail = row.Detail,
        Actor = actor,
        Phase = row.Phase,
        Step = row.Step,
        Weight = row.Weight,
        ShadowPercent = row.ShadowPercent,
        ApprovalId = row.ApprovalId,
        Results = results,
        At = row.ChangedAt,
    };

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actor", Actor), ("approval", ApprovalId), ("at", At), ("detail", Detail), ("generation", Generation), ("id", Id), ("model", Model), ("namespace", Namespace), ("phase", Phase),
        ("reason", Reason), ("results", Results), ("shadow_percent", ShadowPercent), ("step", Step), ("uid", Uid), ("v", 1), ("version", Version), ("weight", Weight));

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

internal sealed class RolloutChangeConfiguration : IEntityTypeConfiguration<RolloutChangeRow>
{
    public void Configure(EntityTypeBuilder<RolloutChangeRow> builder)
    {
        builder.ToTable(RolloutChangeRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.At).HasColumnName("changed_at");
        builder.HasIndex(row => new { row.Uid, row.Generation }).IsUnique();
    }
}

/// <summary>What became of rollouts stays readable.</summary>
internal sealed class RolloutSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, RolloutChangeRow.TableName);
}

/// <summary>Rebuilds what became of rollouts.</summary>
internal sealed class RolloutProjection(IDatabase database) : IAuditProjection
{
    public string Kind => RolloutChangeRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<RolloutChangeRow> rows = await db.RolloutChanges.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
