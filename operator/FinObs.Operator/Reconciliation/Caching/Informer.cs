using FinObs.Operator.Reconciliation.Api;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>An informer, whatever its kind.</summary>
internal interface IInformer
{
    string Kind { get; }

    /// <summary>Every namespace was listed once.</summary>
    bool HasSynced { get; }

    /// <summary>Done at the same moment.</summary>
    Task Synced { get; }

    /// <summary>Until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Knows all objects of a kind in the namespaces we work in, and tells of changes. It runs in every process, leading or not.</summary>
internal sealed class Informer<T> : IInformer
    where T : class
{
    private readonly Reflector<T>[] _reflectors;
    private readonly CacheIndex<T> _byOwner;

    public Informer(
        ResourceClient<T> client, IOptions<WatchOptions> watch, IOptions<InformerOptions<T>> options, Jitter jitter, LoopHealth health, TimeProvider time, ILogger<Informer<T>> logger)
    {
        Cache = new ResourceCache<T>(ResourceKind<T>.Instance.Meta);
        _byOwner = Cache.AddIndex(resource => ResourceKind<T>.Instance.Meta(resource).Owners.Select(owner => owner.Uid));
        _reflectors =
        [
            .. watch.Value.Scopes().Select(scope => new Reflector<T>(
                client, new ResourceSelection(scope, options.Value.Labels, options.Value.MetadataOnly), Cache, watch.Value, jitter, health, time, logger)),
        ];
    }

    public string Kind => ResourceKind<T>.Instance.Kind;

    public ResourceCache<T> Cache { get; }

    public bool HasSynced => Synced.IsCompletedSuccessfully;

    public Task Synced => Task.WhenAll(_reflectors.Select(reflector => reflector.Synced));

    public IReadOnlyList<T> OwnedBy(string uid) => _byOwner.Find(uid);

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_reflectors.Select(reflector => reflector.RunAsync(cancellationToken)));
}
