using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>A person decided otherwise. Written once; the decision that it overrides stays as it was made.</summary>
internal sealed record OverrideRow
{
    public const string Kind = "decision.overridden";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>What was overridden.</summary>
    public required Guid DecisionId { get; init; }

    public required Guid TransactionRef { get; init; }

    /// <summary>1, 2, 3, … of the decision: of two at once one is first.</summary>
    public required int Sequence { get; init; }

    /// <summary>What held before.</summary>
    public required Decision From { get; init; }

    /// <summary>What holds from now on.</summary>
    public required Decision To { get; init; }

    public required string Note { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The request by which others agreed; null where none had to.</summary>
    public Guid? ApprovalId { get; init; }

    /// <summary>Who agreed, in that order, separated by spaces; null where nobody had to.</summary>
    public string? ApprovedBy { get; init; }

    public Guid LeafId { get; init; }

    public IReadOnlyList<string> Approvers => ApprovedBy?.Split(' ') ?? [];

    /// <summary>What the leaf commits to.</summary>
    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("approval", ApprovalId), ("approved_by", ApprovedBy), ("at", At), ("by", By), ("decision", DecisionId), ("from", From.OnTheWire()), ("id", Id), ("namespace", Namespace), ("note", Note),
        ("sequence", Sequence), ("to", To.OnTheWire()), ("transaction", TransactionRef), ("v", 1));

    /// <summary>The act, about the decision. The note may name people, so all of it is of the account.</summary>
    public AuditAct Act(string? account) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = By,
        Subject = account,
        Ref = Id,
        About = DecisionId,
        Tags = ["FINRA 4511", "SEC 17a-4"],
        Payload = Payload(),
        Topic = Kind,
    };
}

internal sealed class OverrideRowConfiguration : IEntityTypeConfiguration<OverrideRow>
{
    public void Configure(EntityTypeBuilder<OverrideRow> builder)
    {
        builder.ToTable("decision_overrides");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Ignore(row => row.Approvers);

        // The words themselves are SQL's.
        builder.Property(row => row.From).HasColumnName("from_decision");
        builder.Property(row => row.To).HasColumnName("to_decision");
        builder.Property(row => row.By).HasColumnName("overridden_by");
        builder.Property(row => row.At).HasColumnName("overridden_at");
        builder.HasIndex(row => new { row.DecisionId, row.Sequence }).IsUnique();
    }
}

internal static class OverrideTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<OverrideRow> DecisionOverrides => db.Set<OverrideRow>();
    }
}

/// <summary>The payloads of overrides, from the live rows.</summary>
internal sealed class OverrideProjection(IDatabase database) : IAuditProjection
{
    public string Kind => OverrideRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<OverrideRow> rows = await db.DecisionOverrides.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
