using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Retention.Holds;

/// <summary>What a hold covers.</summary>
internal enum HoldScope
{
    /// <summary>One account.</summary>
    Subject = 0,

    /// <summary>The account of a case; the case is named.</summary>
    Case = 1,

    /// <summary>The whole namespace.</summary>
    Everything = 2,
}

/// <summary>Something must be kept whatever its age, until it is released. Placed once, released once, never removed.</summary>
internal sealed class LegalHoldRow
{
    public Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>For people, e.g. the matter's number.</summary>
    public required string Name { get; init; }

    public HoldScope Scope { get; init; }

    /// <summary>The account's token, as in the leaves; null for everything.</summary>
    public string? Subject { get; init; }

    public string? CaseId { get; init; }

    public required string Reason { get; init; }

    public required string PlacedBy { get; init; }

    public DateTimeOffset PlacedAt { get; init; }

    public string? ReleasedBy { get; init; }

    public DateTimeOffset? ReleasedAt { get; init; }

    public string? ReleaseReason { get; init; }

    public static BulkTable<LegalHoldRow> Table { get; } = new(
        "legal_holds",
        ["id", "namespace", "name", "scope", "subject", "case_id", "reason", "placed_by", "placed_at"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Namespace);
            writer.Write(row.Name);
            writer.Write(row.Scope.ToString());
            writer.Write(row.Subject);
            writer.Write(row.CaseId);
            writer.Write(row.Reason);
            writer.Write(row.PlacedBy);
            writer.Write(row.PlacedAt);
        });
}

internal sealed class LegalHoldRowConfiguration : IEntityTypeConfiguration<LegalHoldRow>
{
    public void Configure(EntityTypeBuilder<LegalHoldRow> builder)
    {
        builder.ToTable("legal_holds");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Subject });
    }
}

internal static class LegalHoldsContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<LegalHoldRow> LegalHolds => db.Set<LegalHoldRow>();
    }
}
