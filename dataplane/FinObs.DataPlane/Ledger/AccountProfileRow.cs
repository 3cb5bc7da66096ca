using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger;

/// <summary>The state of one account, replaced by compare-and-swap on its version in the commit of the transaction that changed it.</summary>
internal sealed class AccountProfileRow
{
    public required string Namespace { get; init; }

    public required string AccountId { get; init; }

    /// <summary>How many commits have changed it; 1 on the first.</summary>
    public long Version { get; init; }

    /// <summary>Constant size, see <see cref="Scoring.Features.AccountProfile"/>.</summary>
    public required byte[] State { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static BulkTable<AccountProfileRow> Table { get; } = new(
        "account_profiles",
        ["namespace", "account_id", "version", "state", "updated_at"],
        static (writer, row) =>
        {
            writer.Write(row.Namespace);
            writer.Write(row.AccountId);
            writer.Write(row.Version);
            writer.Write(row.State);
            writer.Write(row.UpdatedAt);
        },
        // Compare and swap: a row that is no longer at the version that was read is left alone, and the count tells.
        "ON CONFLICT (namespace, account_id) DO UPDATE SET version = excluded.version, state = excluded.state, updated_at = excluded.updated_at "
        + "WHERE account_profiles.version = excluded.version - 1");
}

internal sealed class AccountProfileRowConfiguration : IEntityTypeConfiguration<AccountProfileRow>
{
    public void Configure(EntityTypeBuilder<AccountProfileRow> builder)
    {
        builder.ToTable("account_profiles");
        builder.HasKey(row => new { row.Namespace, row.AccountId });
    }
}
