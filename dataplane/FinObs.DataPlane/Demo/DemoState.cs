using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Demo;

/// <summary>How far the demo's history is loaded: the transactions themselves say so.</summary>
internal sealed class DemoState(IDatabase database)
{
    /// <summary>The history that was begun, if one was, and how much of it there is.</summary>
    public async Task<(DemoHistory? History, int Loaded)> FindAsync(CancellationToken ct)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<TransactionRow> demo = db.Transactions.Where(t => t.Namespace == IngestQuery.DefaultNamespace && t.Source == DemoHistory.Source);
        string? first = await demo.OrderBy(t => t.Id).Select(t => t.TransactionId).FirstOrDefaultAsync(ct);
        return DemoHistory.OfId(first) is { } history ? (history, await demo.CountAsync(ct)) : (null, 0);
    }
}
