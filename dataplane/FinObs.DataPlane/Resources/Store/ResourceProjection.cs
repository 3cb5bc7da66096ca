using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>
/// The payloads of changes, built again from the rows: an old revision from the history, the one in force from the live row. A live row that was
/// changed or removed by hand is found out.
/// </summary>
internal sealed class ResourceProjection(IDatabase database, string act) : IAuditProjection
{
    public string Kind => act;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ResourceHistoryRow> history = await db.ResourceHistory.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        Guid[] leaves = [.. history.Select(row => row.LeafId)];
        Dictionary<Guid, ResourceRow> live = await db.Resources.Where(row => EF.Parameter(leaves).Contains(row.LeafId)).ToDictionaryAsync(row => row.LeafId, cancellationToken);
        HashSet<Guid> superseded = await SupersededAsync(db, wanted, cancellationToken);
        Dictionary<Guid, byte[]> payloads = [];
        foreach (ResourceHistoryRow row in history)
        {
            if (live.TryGetValue(row.LeafId, out ResourceRow? inForce))
            {
                payloads[row.Id] = ResourceActs.Payload(ResourceHistoryRow.Of(inForce, row.Id, row.Act, row.Actor));
            }
            else if (row.Act == ResourceActs.Deleted || superseded.Contains(row.Id))
            {
                payloads[row.Id] = ResourceActs.Payload(row);
            }
        }

        return payloads;
    }

    /// <summary>Those of the changes that another one has followed: the live row is no more what they made it.</summary>
    private static async Task<HashSet<Guid>> SupersededAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken)
    {
        IQueryable<ResourceHistoryRow> rows = db.ResourceHistory;
        return await rows
            .Where(row => EF.Parameter(ids).Contains(row.Id)
                && rows.Any(later => later.Namespace == row.Namespace && later.Kind == row.Kind && later.Name == row.Name && later.Revision > row.Revision))
            .Select(row => row.Id)
            .ToHashSetAsync(cancellationToken);
    }
}
