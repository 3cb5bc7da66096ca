using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger.Labels;

/// <summary>What a transaction turned out to be.</summary>
internal enum TransactionLabel
{
    Fraud,

    Legitimate,

    /// <summary>What was said of it before is taken back; it has no label.</summary>
    Withdrawn,
}

/// <summary>Who says so, by what way.</summary>
internal static class LabelSources
{
    public const string Case = "case";
    public const string Feedback = "feedback";
}

/// <summary>One word on a transaction; written once. The one with the highest revision holds.</summary>
internal sealed record LabelHistoryRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid TransactionRef { get; init; }

    /// <summary>1, 2, 3, … of the transaction: of two who speak at once one is first.</summary>
    public required int Revision { get; init; }

    public required TransactionLabel Label { get; init; }

    /// <summary>Of <see cref="LabelSources"/>.</summary>
    public required string Source { get; init; }

    /// <summary>Actor.</summary>
    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The case or the feedback that it comes from.</summary>
    public Guid? Origin { get; init; }

    public Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("at", At), ("by", By), ("label", Label), ("namespace", Namespace), ("origin", Origin), ("revision", Revision), ("source", Source), ("transaction", TransactionRef), ("v", 1));
}

/// <summary>The label that holds, for whoever trains or measures; absent where there is none.</summary>
internal sealed record TransactionLabelRow
{
    public required Guid TransactionRef { get; init; }

    public required string Namespace { get; init; }

    public required int Revision { get; init; }

    public required TransactionLabel Label { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid? Origin { get; init; }
}

internal static class LabelTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<TransactionLabelRow> TransactionLabels => db.Set<TransactionLabelRow>();

        public DbSet<LabelHistoryRow> LabelHistory => db.Set<LabelHistoryRow>();
    }
}

internal sealed class LabelHistoryConfiguration : IEntityTypeConfiguration<LabelHistoryRow>
{
    public void Configure(EntityTypeBuilder<LabelHistoryRow> builder)
    {
        builder.ToTable("label_history");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.TransactionRef, row.Revision }).IsUnique();
    }
}

internal sealed class TransactionLabelConfiguration : IEntityTypeConfiguration<TransactionLabelRow>
{
    public void Configure(EntityTypeBuilder<TransactionLabelRow> builder)
    {
        builder.ToTable("transaction_labels");
        builder.HasKey(row => row.TransactionRef);
        builder.Property(row => row.TransactionRef).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.At });
    }
}

/// <summary>What was said is a record; the label that holds follows from it.</summary>
internal sealed class LabelSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "label_history");
}

/// <summary>Rebuilds what was said.</summary>
internal sealed class LabelProjection(IDatabase database) : IAuditProjection
{
    public string Kind => LabelWriter.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<LabelHistoryRow> rows = await db.LabelHistory.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
