using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>An item that is no transaction, kept aside. One item is one row however often it is fetched.</summary>
internal sealed record QuarantineRow
{
    /// <summary>Of the source and the item's bytes, so that the same one is found again.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>A word of <see cref="Transactions.ItemErrorCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong; no value of the item.</summary>
    public required string Reason { get; init; }

    /// <summary>The item, encrypted: it may be personal data. Empty where it is settled.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>The item was longer than what is kept of it.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Of <see cref="QuarantineStates"/>.</summary>
    public required string State { get; init; }
}

internal static class QuarantineStates
{
    public const string Open = "Open";

    /// <summary>It was taken in after all.</summary>
    public const string Retried = "Retried";

    public const string Discarded = "Discarded";
}

internal sealed class QuarantineRowConfiguration : IEntityTypeConfiguration<QuarantineRow>
{
    public void Configure(EntityTypeBuilder<QuarantineRow> builder)
    {
        builder.ToTable("pull_quarantine");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Name, row.State, row.At });
    }
}
