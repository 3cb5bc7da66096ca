using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>Who has made a resource what it is. Whoever changed it asked for what comes of it, also where another change has followed or a rollout had begun before.</summary>
internal sealed class ResourceAuthors(IDatabase database)
{
    /// <returns>Everybody who changed the object as it says itself, in order; without those changes of which nobody is named.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(ResourceKey key, string uid, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ResourceHistory
            .Where(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name && row.Uid == uid && row.ChangedBy != null)
            .Select(row => row.ChangedBy!).Distinct().OrderBy(name => name).ToListAsync(cancellationToken);
    }
}
