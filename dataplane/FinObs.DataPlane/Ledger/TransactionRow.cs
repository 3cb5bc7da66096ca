using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger;

/// <summary>A transaction as it came, with defaults filled in. Written once, never changed.</summary>
internal sealed class TransactionRow
{
    /// <summary>Version 7: its first 48 bits are the milliseconds of <see cref="ReceivedAt"/>.</summary>
    public Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Source { get; init; }

    /// <summary>The sender's id, unique in (namespace, source).</summary>
    public required string TransactionId { get; init; }

    public string? AccountId { get; init; }

    /// <summary>64-bit hash of the account, for a narrow index; collisions are filtered by <see cref="AccountId"/>.</summary>
    public long AccountHash { get; init; }

    public string? CounterpartyId { get; init; }

    public required string Type { get; init; }

    public decimal Amount { get; init; }

    public required string Currency { get; init; }

    public bool IsCredit { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The sender's own fields, canonical JSON.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>Known outcome of imported history; never a feature.</summary>
    public bool? Label { get; init; }

    public static BulkTable<TransactionRow> Table { get; } = new(
        "transactions",
        ["id", "namespace", "source", "transaction_id", "account_id", "account_hash", "counterparty_id", "type", "amount", "currency", "is_credit",
            "occurred_at", "received_at", "meta", "label"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Namespace);
            writer.Write(row.Source);
            writer.Write(row.TransactionId);
            writer.Write(row.AccountId);
            writer.Write(row.AccountHash);
            writer.Write(row.CounterpartyId);
            writer.Write(row.Type);
            writer.Write(row.Amount);
            writer.Write(row.Currency);
            writer.Write(row.IsCredit);
            writer.Write(row.OccurredAt);
            writer.Write(row.ReceivedAt);
            writer.Write(row.Meta);
            writer.Write(row.Label);
        });
}

internal sealed class TransactionRowConfiguration : IEntityTypeConfiguration<TransactionRow>
{
    public void Configure(EntityTypeBuilder<TransactionRow> builder)
    {
        builder.ToTable("transactions");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.AccountHash, row.Id });
    }
}
