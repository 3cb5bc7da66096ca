using System.Collections.Concurrent;
using System.Collections.Frozen;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Models.Routing;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models;

/// <summary>Which loaded model version decides for a namespace: one read of an immutable table, swapped whole when routes change.</summary>
internal sealed partial class ModelRouter(
    ModelRegistry registry, ModelLibrary library, EngineDirectory engines, RemoteScorers remotes, ProfileSettings units, ILogger<ModelRouter> logger)
{
    /// <summary>Namespaces without a route of their own are decided by this one's model.</summary>
    public const string DefaultNamespace = "default";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RouteTarget> _preferred = [];
    private readonly ConcurrentDictionary<long, VersionHealth> _healths = [];
    private Dictionary<string, LoadedRoute> _loaded = [];
    private volatile FrozenDictionary<string, RoutedTraffic> _routes = FrozenDictionary<string, RoutedTraffic>.Empty;

    /// <summary>Who decides what is not shared; null where no usable model is loaded: then transactions go to review.</summary>
    public RoutedModel? Route(string @namespace) => Traffic(@namespace).Stable;

    /// <summary>Who decides, and who scores beside. A namespace without a route of its own is decided by the default one's stable version; that one's shares are its own.</summary>
    public RoutedTraffic Traffic(string @namespace)
    {
        FrozenDictionary<string, RoutedTraffic> routes = _routes;
        return routes.TryGetValue(@namespace, out RoutedTraffic? own) ? own : routes.TryGetValue(DefaultNamespace, out RoutedTraffic? general) ? general.Alone : RoutedTraffic.Nobody;
    }

    /// <summary>How a version does in this process.</summary>
    public VersionHealth HealthOf(long versionId) => _healths.GetOrAdd(versionId, static _ => new VersionHealth());

    /// <summary>Reads the routes again and loads what they name. A version that cannot be used is left out, and the log says why.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, LoadedRoute> loaded = [];
        foreach (RouteRecord route in await registry.RoutesAsync(cancellationToken))
        {
            RoutedModel? stable = route.Stable is { } target ? await LoadAsync(route.Namespace, target, cancellationToken) : null;
            Dictionary<long, RoutedModel> others = [];
            foreach (RouteTarget other in route.Others)
            {
                if (await LoadAsync(route.Namespace, other, cancellationToken) is { } model)
                {
                    others[other.VersionId] = model;
                }
            }

            loaded[route.Namespace] = new LoadedRoute(stable, route.Split, others);
        }

        foreach ((string name, RouteTarget target) in _preferred)
        {
            if (await LoadAsync(name, target, cancellationToken) is { } model)
            {
                LoadedRoute route = loaded.GetValueOrDefault(name) ?? new LoadedRoute(null, null, []);
                loaded[name] = route with { Stable = model with { LastGood = route.Stable } };
            }
        }

        Swap(loaded);
    }

    /// <summary>
    /// Says where a version is scored outside this process; null = in process again. Takes effect with the next chunk, and as soon as that version
    /// is routed to. To be called for each readiness report, and again after a start: nothing of it is stored here.
    /// </summary>
    public void UseRemote(string @namespace, string digest, RemoteEndpoints? endpoints)
    {
        remotes.Use(@namespace, digest, endpoints);
        Swap(null);
    }

    /// <summary>Puts a version before the namespace's route, which stays behind it as the last good one. Effective with the next <see cref="RefreshAsync"/>.</summary>
    public void Prefer(string @namespace, RouteTarget target) => _preferred[@namespace] = target;

    /// <summary>A version beside the route, for a sender that names it; null where it cannot be used.</summary>
    public async Task<RoutedModel?> OpenAsync(string @namespace, RouteTarget target, CancellationToken cancellationToken) =>
        await FindAsync(target, cancellationToken) is { } model
            ? model with { Remote = remotes.Find(@namespace, new RemoteTarget(model.VersionId, model.Identity.Digest, model.Scorer.Manifest)) }
            : null;

    private async Task<RoutedModel?> LoadAsync(string @namespace, RouteTarget target, CancellationToken cancellationToken)
    {
        RoutedModel? model = await FindAsync(target, cancellationToken);
        if (model is not null)
        {
            Routed(logger, @namespace, model.Identity.ModelVersion, model.Identity.Digest);
        }

        return model;
    }

    private async Task<RoutedModel?> FindAsync(RouteTarget target, CancellationToken cancellationToken)
    {
        if (await library.FindAsync(target.Digest, cancellationToken) is not { } loaded || !Fits(loaded.Scorer.Manifest))
        {
            return null;
        }

        EngineIdentity identity = await engines.RegisterAsync(target.VersionId, loaded.Scorer.EngineFingerprint, cancellationToken);
        return new RoutedModel(identity, loaded.Scorer, loaded.Extractor) { VersionId = target.VersionId, Health = HealthOf(target.VersionId) };
    }

    /// <summary>One table at a time becomes the one in force, with the remotes as they are then.</summary>
    private void Swap(Dictionary<string, LoadedRoute>? loaded)
    {
        lock (_gate)
        {
            _loaded = loaded ?? _loaded;
            RoutedModel? general = _loaded.GetValueOrDefault(DefaultNamespace)?.Stable;
            Dictionary<string, RoutedTraffic> routes = [];
            foreach ((string name, LoadedRoute route) in _loaded)
            {
                // With neither a version nor shares of its own a namespace has no route: it is decided as if it had never had one.
                RoutedTraffic traffic = route.Stable is null ? TrafficOf(name, DefaultNamespace, route, general) : TrafficOf(name, name, route, route.Stable);
                if (traffic.Stable is not null || traffic.Shares is not null || traffic.Shadows.Count > 0)
                {
                    routes[name] = traffic;
                }
            }

            _routes = routes.ToFrozenDictionary();
        }
    }

    private RoutedTraffic TrafficOf(string @namespace, string stableOf, LoadedRoute route, RoutedModel? stable)
    {
        RoutedModel? Served(string servedIn, RoutedModel? model) =>
            model is null ? null : model with { Remote = remotes.Find(servedIn, new RemoteTarget(model.VersionId, model.Identity.Digest, model.Scorer.Manifest)) };

        Dictionary<long, RoutedModel> others = route.Others.ToDictionary(pair => pair.Key, pair => Served(@namespace, pair.Value)!);
        return new RoutedTraffic(Served(stableOf, stable))
        {
            Shares = route.Split is not { Arms.Count: > 0 } split
                ? null
                : new TrafficShares(
                    split.Salt, split.Unit, split.Enrolled, [.. split.Arms.Select(arm => arm.Weight)],
                    [.. split.Arms.Select(arm => arm.VersionId is { } id && id != stable?.VersionId ? others.GetValueOrDefault(id) : null)]),
            Shadows = route.Split is null
                ? []
                : [.. route.Split.Shadows.Where(shadow => others.ContainsKey(shadow.VersionId)).Select(shadow => new ShadowModel(others[shadow.VersionId], shadow.Percent))],
        };
    }

    /// <summary>A model measured in other units than the account profiles would read them wrongly: it is refused, not converted.</summary>
    private bool Fits(ModelManifest manifest)
    {
        FeatureSchema schema = manifest.Features;
        if (units.Fit(schema))
        {
            return true;
        }

        Misfit(logger, manifest.Model, manifest.Version, schema.BaseCurrency, schema.TimeZone, units.BaseCurrency, units.TimeZone);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Namespace {Namespace} is decided by {ModelVersion} ({Digest})")]
    private static partial void Routed(ILogger logger, string @namespace, string modelVersion, string digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Model} {Version} was trained in {ModelCurrency} and {ModelZone}, the account profiles are kept in {Currency} and {Zone}: "
        + "it is not used. Train it with these settings, or start an empty database with Ledger:BaseCurrency and Ledger:TimeZone set to the model's.")]
    private static partial void Misfit(ILogger logger, string model, string version, string modelCurrency, string modelZone, string currency, string zone);

    private sealed record LoadedRoute(RoutedModel? Stable, RouteSplit? Split, Dictionary<long, RoutedModel> Others);
}
