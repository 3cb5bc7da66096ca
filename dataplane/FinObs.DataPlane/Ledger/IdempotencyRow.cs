using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger;

/// <summary>Which transaction an id of a sender stands for, and the hash of what was sent under it.</summary>
internal sealed class IdempotencyRow
{
    /// <summary>See <see cref="IdempotencyKey"/>.</summary>
    public Guid Key { get; init; }

    /// <summary>The first 128 bits of SHA-256 of the fields as sent, before defaults.</summary>
    public Guid BodyHash { get; init; }

    /// <summary>The row of <c>transactions</c>.</summary>
    public Guid TransactionRef { get; init; }

    public static BulkTable<IdempotencyRow> Table { get; } = new(
        "idempotency",
        ["key", "body_hash", "transaction_ref"],
        static (writer, row) =>
        {
            writer.Write(row.Key);
            writer.Write(row.BodyHash);
            writer.Write(row.TransactionRef);
        });

    /// <summary>The hash of a body as this table keeps it.</summary>
    public static Guid BodyHashOf(ReadOnlySpan<byte> sha256) => new(sha256[..16], bigEndian: true);
}

internal sealed class IdempotencyRowConfiguration : IEntityTypeConfiguration<IdempotencyRow>
{
    public void Configure(EntityTypeBuilder<IdempotencyRow> builder)
    {
        builder.ToTable("idempotency");
        builder.HasKey(row => row.Key);
        builder.Property(row => row.Key).ValueGeneratedNever();
    }
}
