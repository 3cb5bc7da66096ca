using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Cases.Sar;

/// <summary>
/// One state of a case's suspicious activity report, all of it sealed; written once. The one with the highest revision holds. 31 CFR 1020.320(e) forbids to disclose even that there is one, so nothing
/// outside this folder reads the table, and no leaf says what it is about.
/// </summary>
internal sealed record SarRevisionRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid CaseId { get; init; }

    /// <summary>1, 2, 3, … of the case: of two who write at once one is first.</summary>
    public required int Revision { get; init; }

    /// <summary>nonce ‖ AES-256-GCM ‖ tag, see <see cref="SarSeal"/>.</summary>
    public required byte[] Sealed { get; init; }

    public Guid LeafId { get; init; }

    /// <summary>What the leaf commits to: the sealed bytes, and not a word of what they are about.</summary>
    public byte[] Payload() => CanonicalObject.Of(("record", Id), ("sealed_sha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Sealed))), ("v", 1));
}

/// <summary>That somebody looked, kept for good.</summary>
internal sealed record SarReadRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The revision that was read; null for a list, or where there was none.</summary>
    public Guid? Record { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    public byte[] Payload() => CanonicalObject.Of(("actor", Actor), ("at", At), ("read", Id), ("record", Record), ("v", 1));
}

internal static class SarTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<SarRevisionRow> SarRevisions => db.Set<SarRevisionRow>();

        public DbSet<SarReadRow> SarReads => db.Set<SarReadRow>();
    }
}

internal sealed class SarRevisionConfiguration : IEntityTypeConfiguration<SarRevisionRow>
{
    public void Configure(EntityTypeBuilder<SarRevisionRow> builder)
    {
        builder.ToTable("sar_revisions");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.CaseId, row.Revision }).IsUnique();
    }
}

internal sealed class SarReadConfiguration : IEntityTypeConfiguration<SarReadRow>
{
    public void Configure(EntityTypeBuilder<SarReadRow> builder)
    {
        builder.ToTable("sar_reads");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
    }
}

/// <summary>Reports, and who read them, are records.</summary>
internal sealed class SarSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "sar_revisions", "sar_reads");
}

/// <summary>Rebuilds what the leaves of revisions and of reads commit to.</summary>
internal sealed class SarProjection(IDatabase database) : IAuditProjection
{
    public string Kind => RestrictedActs.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<SarRevisionRow> revisions = await db.SarRevisions.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        List<SarReadRow> reads = await db.SarReads.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return revisions.Select(row => (row.Id, Payload: row.Payload())).Concat(reads.Select(row => (row.Id, Payload: row.Payload()))).ToDictionary(pair => pair.Id, pair => pair.Payload);
    }
}
