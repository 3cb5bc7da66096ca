using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger;

/// <summary>Which transaction an id of a sender stands for, and the hash of what was sent under it.</summary>
internal sealed class IdempotencyRow
{
    public required string Namespace { get; init; }

    public required string Source { get; init; }

    /// <summary>SHA-256 of the sender's id, or of the Idempotency-Key and the item's place.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>SHA-256 of the fields as sent, before defaults.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>The row of <c>transactions</c>.</summary>
    public Guid TransactionRef { get; init; }

    public static BulkTable<IdempotencyRow> Table { get; } = new(
        "idempotency",
        ["namespace", "source", "key_hash", "body_hash", "transaction_ref"],
        static (writer, row) =>
        {
            writer.Write(row.Namespace);
            writer.Write(row.Source);
            writer.Write(row.KeyHash);
            writer.Write(row.BodyHash);
            writer.Write(row.TransactionRef);
        });
}

internal sealed class IdempotencyRowConfiguration : IEntityTypeConfiguration<IdempotencyRow>
{
    public void Configure(EntityTypeBuilder<IdempotencyRow> builder)
    {
        builder.ToTable("idempotency");

        // The source comes last: a look-up by the sender's id alone, whatever its source, is a prefix of the key.
        builder.HasKey(row => new { row.Namespace, row.KeyHash, row.Source });
    }
}
