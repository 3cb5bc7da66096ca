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

    /// <summary>The last transactions, see <see cref="RecentActivity"/>; null where no rule looks at a window of time.</summary>
    public byte[]? Recent { get; init; }

    private static readonly string[] Columns = ["namespace", "account_id", "version", "state", "updated_at", "recent"];

    /// <summary>Profiles of accounts that were never seen.</summary>
    public static BulkTable<AccountProfileRow> Table { get; } = new("account_profiles", Columns, Write);

    /// <summary>Compare and swap: the expected version stands in the WHERE. An upsert would write each row twice, once to lock it.</summary>
    public static BulkTable<AccountProfileRow> Swapped { get; } = new(
        "account_profiles",
        Columns,
        Write,
        new BulkUpdate(
            """
            UPDATE account_profiles AS p SET version = u.version, state = u.state, updated_at = u.updated_at, recent = u.recent
            FROM unnest($1, $2, $3, $4, $5, $6) AS u(namespace, account_id, version, state, updated_at, recent)
            WHERE p.namespace = u.namespace AND p.account_id = u.account_id AND p.version = u.version - 1
            """,
            "UPDATE account_profiles SET version = ?3, state = ?4, updated_at = ?5, recent = ?6 WHERE namespace = ?1 AND account_id = ?2 AND version = ?3 - 1"));

    private static void Write(IRowWriter writer, AccountProfileRow row)
    {
        writer.Write(row.Namespace);
        writer.Write(row.AccountId);
        writer.Write(row.Version);
        writer.Write(row.State);
        writer.Write(row.UpdatedAt);
        writer.Write(row.Recent);
    }
}

internal sealed class AccountProfileRowConfiguration : IEntityTypeConfiguration<AccountProfileRow>
{
    public void Configure(EntityTypeBuilder<AccountProfileRow> builder)
    {
        builder.ToTable("account_profiles");
        builder.HasKey(row => new { row.Namespace, row.AccountId });
    }
}
