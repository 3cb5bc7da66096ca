using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>What the profiles must be: the stored transactions, observed again in the order of their arrival.</summary>
internal static class ProfileHistory
{
    /// <summary>The accounts whose stored profile is another than their history makes; empty is as it must be.</summary>
    public static async Task<List<string>> DifferencesAsync(Installation installation)
    {
        IDatabase database = StorageServices.Open(installation.ConnectionString, new DataFolder(installation.Folder));
        await using IAsyncDisposable owned = (IAsyncDisposable)database;
        await using FinObsDbContext db = database.CreateContext();
        LedgerUnits units = new(new LedgerOptions());
        Dictionary<string, AccountProfile> rebuilt = [];
        await foreach (TransactionRow row in db.Transactions.OrderBy(row => row.Id).AsAsyncEnumerable())
        {
            if (!rebuilt.TryGetValue(row.AccountId!, out AccountProfile? profile))
            {
                rebuilt[row.AccountId!] = profile = new AccountProfile();
            }

            profile.Observe(units.FactsOf(row), units.Zone);
        }

        List<AccountProfileRow> stored = await db.AccountProfiles.OrderBy(row => row.AccountId).ToListAsync(TestContext.Current.CancellationToken);
        return [.. stored
            .Where(row => !rebuilt.TryGetValue(row.AccountId, out AccountProfile? profile)
                || !profile.ToBytes().AsSpan().SequenceEqual(row.State)
                || row.Version < 1 || row.Version > profile.Transactions)
            .Select(row => row.AccountId)];
    }
}
