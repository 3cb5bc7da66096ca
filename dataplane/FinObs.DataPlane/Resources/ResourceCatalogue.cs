using System.Collections.Frozen;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources;

/// <summary>All resources at one moment.</summary>
/// <param name="ByKey">By what they are called.</param>
/// <param name="Sorted">In the order of namespace, kind and name.</param>
internal sealed record ResourceSnapshot(FrozenDictionary<ResourceKey, StoredResource> ByKey, IReadOnlyList<StoredResource> Sorted)
{
    public static readonly ResourceSnapshot Empty = new(FrozenDictionary<ResourceKey, StoredResource>.Empty, []);

    public StoredResource? Find(ResourceKey key) => ByKey.GetValueOrDefault(key);

    public IEnumerable<StoredResource> Of(string @namespace, string kind) => Sorted.Where(resource => resource.Key.Namespace == @namespace && resource.Key.Kind == kind);
}

/// <summary>
/// The resources in force, in memory: one read of an immutable table, swapped whole. A refresh asks for the keys and leaves of all, which is small, and
/// reads only those whose leaf is another.
/// </summary>
internal sealed partial class ResourceCatalogue(IDatabase database, ILogger<ResourceCatalogue> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ResourceSnapshot _current = ResourceSnapshot.Empty;

    public ResourceSnapshot Current => _current;

    public async Task<ResourceSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using FinObsDbContext db = database.CreateContext();
            var found = await db.Resources
                .OrderBy(row => row.Namespace).ThenBy(row => row.Kind).ThenBy(row => row.Name)
                .Select(row => new { row.Namespace, row.Kind, row.Name, row.LeafId })
                .ToListAsync(cancellationToken);
            ResourceSnapshot before = _current;
            Dictionary<ResourceKey, StoredResource> known = new(found.Count);
            List<Guid> changed = [];
            foreach (var row in found)
            {
                ResourceKey key = new(row.Namespace, row.Kind, row.Name);
                if (before.Find(key) is { } same && same.Row.LeafId == row.LeafId)
                {
                    known[key] = same;
                }
                else
                {
                    changed.Add(row.LeafId);
                }
            }

            if (changed.Count > 0 || known.Count != before.Sorted.Count)
            {
                await ReadAsync(db, changed, known, cancellationToken);
                _current = new ResourceSnapshot(known.ToFrozenDictionary(), [.. known.Values.OrderBy(resource => resource.Key, ResourceKey.Order)]);
            }

            return _current;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReadAsync(FinObsDbContext db, List<Guid> leaves, Dictionary<ResourceKey, StoredResource> known, CancellationToken cancellationToken)
    {
        foreach (Guid[] part in leaves.Chunk(500))
        {
            foreach (ResourceRow row in await db.Resources.Where(row => part.Contains(row.LeafId)).OrderBy(row => row.LeafId).ToListAsync(cancellationToken))
            {
                try
                {
                    known[row.Key] = StoredResource.Of(row);
                }
                catch (System.Text.Json.JsonException exception)
                {
                    Unreadable(logger, row.Key, exception);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} is stored in a form that this version cannot read; it is left out until its owner submits it again.")]
    private static partial void Unreadable(ILogger logger, ResourceKey resource, Exception exception);
}
