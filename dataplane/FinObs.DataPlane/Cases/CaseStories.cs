using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases;

/// <summary>The case that a transaction belongs to is a part of its decision's story: who looked at it, what they did, how it ended.</summary>
internal sealed class CaseStories(IDatabase database) : IStoryLink
{
    public async Task<IReadOnlyList<Guid>> OfAsync(Guid about, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CaseTransactions.Where(row => row.TransactionRef == about).Select(row => row.CaseId).ToListAsync(cancellationToken);
    }
}
