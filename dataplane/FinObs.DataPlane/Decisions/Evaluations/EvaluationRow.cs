using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>Somebody's predictions of a version against what was right: the counts, and a digest of what they were counted from. Written once.</summary>
internal sealed record EvaluationRow
{
    public const string Kind = "model.evaluated";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>As the submitter names it, e.g. <c>name@version</c>.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>See <see cref="Confusion.ToString"/>.</summary>
    public required string Counts { get; init; }

    /// <summary>SHA-256 of the predictions in ordinal order of their transactions, in hex: whoever kept them can show that these were meant.</summary>
    public required string Digest { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }

    public AuditAct Act() => new() { Namespace = Namespace, Kind = Kind, At = At, Actor = By, Ref = Id, Payload = Payload() };

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("at", At), ("by", By), ("counts", Counts), ("digest", Digest), ("id", Id), ("model_version", ModelVersion), ("namespace", Namespace), ("v", 1));
}

internal sealed class EvaluationRowConfiguration : IEntityTypeConfiguration<EvaluationRow>
{
    public void Configure(EntityTypeBuilder<EvaluationRow> builder)
    {
        builder.ToTable("model_evaluations");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.By).HasColumnName("submitted_by");
        builder.Property(row => row.At).HasColumnName("submitted_at");
        builder.HasIndex(row => new { row.Namespace, row.Id });
    }
}

internal static class EvaluationTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<EvaluationRow> ModelEvaluations => db.Set<EvaluationRow>();
    }
}

/// <summary>The payloads of evaluations, from the live rows.</summary>
internal sealed class EvaluationProjection(IDatabase database) : IAuditProjection
{
    public string Kind => EvaluationRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<EvaluationRow> rows = await db.ModelEvaluations.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
