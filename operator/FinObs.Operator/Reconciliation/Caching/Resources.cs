using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>
/// All that a reconciler needs of one kind. Reads are answered from the cache, at once; writes go to the server, and their answer
/// straight into the cache: the next read sees at least what was written.
/// </summary>
internal sealed class Resources<T>(ResourceClient<T> client, Informer<T> informer)
    where T : class
{
    /// <summary>Null where there is none.</summary>
    public T? Find(ResourceKey key) => informer.Cache.Find(key);

    public IReadOnlyList<T> All() => informer.Cache.All();

    /// <summary>The children of an object.</summary>
    public IReadOnlyList<T> OwnedBy(string uid) => informer.OwnedBy(uid);

    /// <summary>Past the cache: for what the cache does not hold, e.g. the contents of a Secret.</summary>
    public Task<T?> ReadAsync(ResourceKey key, CancellationToken cancellationToken) => client.GetAsync(key, cancellationToken);

    /// <summary>Makes it so by server-side apply: give all the fields we care for, each time.</summary>
    public async Task<T> ApplyAsync(T resource, CancellationToken cancellationToken) => Keep(await client.ApplyAsync(resource, cancellationToken));

    /// <summary>Refused as a conflict where there is one of that name.</summary>
    public async Task<T> CreateAsync(T resource, CancellationToken cancellationToken) => Keep(await client.CreateAsync(resource, cancellationToken));

    /// <summary>Names the version it was computed from: anything newer makes it a conflict.</summary>
    public async Task<T> MergeAsync(T from, JsonObject patch, CancellationToken cancellationToken)
    {
        ResourceMeta meta = ResourceKind<T>.Instance.Meta(from);
        JsonObject metadata = patch["metadata"] as JsonObject ?? [];
        (metadata["resourceVersion"], metadata["uid"]) = (meta.ResourceVersion, meta.Uid);
        patch["metadata"] = metadata;
        return Keep(await client.MergeAsync(meta.Key, patch, cancellationToken));
    }

    /// <summary>Replaces the status, of this very version: anything newer makes it a conflict.</summary>
    public async Task<T> ReplaceStatusAsync(T resource, CancellationToken cancellationToken) => Keep(await client.ReplaceAsync(resource, cancellationToken, "status"));

    /// <summary>With what it owns, in the background. False where it is gone already.</summary>
    public Task<bool> DeleteAsync(T resource, CancellationToken cancellationToken)
    {
        ResourceMeta meta = ResourceKind<T>.Instance.Meta(resource);
        return client.DeleteAsync(meta.Key, meta.Uid, cancellationToken);
    }

    private T Keep(T written)
    {
        // An object whose last finalizer this write took away is gone, though the server answers it once more.
        ResourceMeta meta = ResourceKind<T>.Instance.Meta(written);
        if (!meta.IsDeleting || meta.Finalizers.Count > 0) informer.Cache.Written(written);
        return written;
    }
}
