using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions;

/// <summary>The story of anything, also of a decision: its own leaf is about nothing and is found by its row, all others by what they are about.</summary>
internal sealed class DecisionStories(IDatabase database, AuditSearch search)
{
    public async Task<AuditActs> ReadAsync(Guid id, bool withPayload, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        Guid? first = await db.Decisions.Where(row => row.Id == id).Select(row => (Guid?)row.LeafId).SingleOrDefaultAsync(cancellationToken);
        return await search.StoryAsync(first, id, withPayload, cancellationToken);
    }
}
