using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Transactions;

/// <summary>Finds transactions by whichever id somebody has.</summary>
internal sealed class TransactionLookup(IDatabase database, StoredTransactions stored)
{
    /// <summary>A sender's id may be taken once by each of several sources.</summary>
    private const int MostSources = 10;

    /// <summary>By our id, which is the key itself, or a sender's id, which may be a uuid too and is found by its hash, whatever its source.</summary>
    /// <returns>None, one, or one of each source.</returns>
    public async Task<List<StoredTransaction>> FindAsync(string id, string? source, string @namespace, CancellationToken cancellationToken) =>
        await stored.FindAsync(await IdsOfAsync(id, source, @namespace, cancellationToken), cancellationToken);

    private async Task<Guid[]> IdsOfAsync(string id, string? source, string @namespace, CancellationToken cancellationToken)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        (Guid from, Guid to) = source is null
            ? IdempotencyKey.AnySource(@namespace, hash)
            : (IdempotencyKey.Of(@namespace, source, hash), IdempotencyKey.Of(@namespace, source, hash));
        await using FinObsDbContext db = database.CreateContext();
        Guid[] theirs = await db.Idempotency
            .Where(row => row.Key >= from && row.Key <= to)
            .OrderBy(row => row.Key)
            .Select(row => row.TransactionRef)
            .Take(MostSources)
            .ToArrayAsync(cancellationToken);
        return theirs.Length == 0 && Guid.TryParse(id, out Guid ours) ? [ours] : theirs;
    }
}
