using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Ledger;

/// <summary>The one row that says in what units this database's account profiles were made.</summary>
internal sealed class LedgerUnitsRow
{
    public const int TheOne = 1;

    public int Id { get; init; }

    public required string BaseCurrency { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>Given at the first start; a copy of the database has it too.</summary>
    public Guid DatabaseId { get; init; }
}

/// <summary>Tells this database from others that share something with it. Known once the host is ready.</summary>
internal sealed class LedgerIdentity
{
    /// <summary>16 bytes; null until then.</summary>
    public byte[]? Id { get; private set; }

    /// <param name="databaseId">A copy has it too.</param>
    /// <param name="place">A copy lies elsewhere.</param>
    public void Is(Guid databaseId, string place) => Id = SHA256.HashData([.. databaseId.ToByteArray(), .. Encoding.UTF8.GetBytes(place)])[..16];
}

internal sealed class LedgerUnitsRowConfiguration : IEntityTypeConfiguration<LedgerUnitsRow>
{
    public void Configure(EntityTypeBuilder<LedgerUnitsRow> builder)
    {
        builder.ToTable("ledger_units");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
    }
}

/// <summary>Profiles in two currencies or two zones would be silently wrong: the units of the first start hold for good.</summary>
internal sealed class LedgerUnitsGuard(IDatabase database, ProfileSettings configured, LedgerIdentity identity)
{
    /// <exception cref="ConfigurationRefusedException">The configuration differs from what the database was started with.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        LedgerUnitsRow? kept = await db.Set<LedgerUnitsRow>().FirstOrDefaultAsync(row => row.Id == LedgerUnitsRow.TheOne, cancellationToken);
        if (kept is null)
        {
            db.Add(new LedgerUnitsRow { Id = LedgerUnitsRow.TheOne, BaseCurrency = configured.BaseCurrency, TimeZone = configured.TimeZone, DatabaseId = Guid.CreateVersion7() });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException)
            {
                // Another replica starts at the same moment and was first: its units hold, and are compared now.
            }

            await CheckAsync(cancellationToken);
            return;
        }

        if (kept.BaseCurrency != configured.BaseCurrency || kept.TimeZone != configured.TimeZone)
        {
            throw new ConfigurationRefusedException(
                $"This database keeps its account profiles in {kept.BaseCurrency} and {kept.TimeZone}; the configuration says {configured.BaseCurrency} and {configured.TimeZone}. "
                + "Set Ledger:BaseCurrency and Ledger:TimeZone back, or start with an empty database.");
        }

        identity.Is(kept.DatabaseId, database is PostgresDatabase postgres ? postgres.Place : "");
    }
}
