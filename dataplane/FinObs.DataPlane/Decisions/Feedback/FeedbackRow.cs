using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions.Feedback;

/// <summary>What somebody found a decision's transaction to be. Written once; the label that follows from it has its own history.</summary>
internal sealed record FeedbackRow
{
    public const string Kind = "decision.feedback";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid DecisionId { get; init; }

    /// <summary>The decision of record.</summary>
    public required Decision Decided { get; init; }

    /// <summary>What it turned out to be, or that an earlier word is taken back.</summary>
    public required TransactionLabel Actual { get; init; }

    public string? Notes { get; init; }

    /// <summary>Where the knowledge comes from, e.g. <c>chargeback</c>.</summary>
    public required string Source { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actual", Actual), ("at", At), ("by", By), ("decided", Decided.OnTheWire()), ("decision", DecisionId), ("id", Id), ("namespace", Namespace), ("notes", Notes), ("source", Source), ("v", 1));

    public AuditAct Act(string? account) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = By,
        Subject = account,
        Ref = Id,
        About = DecisionId,
        Payload = Payload(),
    };
}

internal sealed class FeedbackRowConfiguration : IEntityTypeConfiguration<FeedbackRow>
{
    public void Configure(EntityTypeBuilder<FeedbackRow> builder)
    {
        builder.ToTable("decision_feedback");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.By).HasColumnName("given_by");
        builder.Property(row => row.At).HasColumnName("given_at");
        builder.HasIndex(row => new { row.DecisionId, row.Id });
        builder.HasIndex(row => new { row.Namespace, row.Id });
    }
}

internal static class FeedbackTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<FeedbackRow> DecisionFeedback => db.Set<FeedbackRow>();
    }
}

/// <summary>The payloads of feedback, from the live rows.</summary>
internal sealed class FeedbackProjection(IDatabase database) : IAuditProjection
{
    public string Kind => FeedbackRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<FeedbackRow> rows = await db.DecisionFeedback.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
