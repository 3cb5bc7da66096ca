using System.Collections.Frozen;
using FinObs.DataPlane.Models.Remote;
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
    private Dictionary<string, RoutedModel> _loaded = [];
    private volatile FrozenDictionary<string, RoutedModel> _routes = FrozenDictionary<string, RoutedModel>.Empty;

    /// <summary>Null where no usable model is loaded: then transactions go to review.</summary>
    public RoutedModel? Route(string @namespace)
    {
        FrozenDictionary<string, RoutedModel> routes = _routes;
        return routes.TryGetValue(@namespace, out RoutedModel? model) || routes.TryGetValue(DefaultNamespace, out model) ? model : null;
    }

    /// <summary>Reads the routes again and loads what they name. A version that cannot be used is left out, and the log says why.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, RoutedModel> loaded = [];
        foreach (RouteTarget target in await registry.RoutesAsync(cancellationToken))
        {
            if (await LoadAsync(target, cancellationToken) is { } model)
            {
                loaded[target.Namespace] = model;
            }
        }

        foreach (RouteTarget target in _preferred.Values)
        {
            if (await LoadAsync(target, cancellationToken) is { } model)
            {
                loaded[target.Namespace] = model with { LastGood = loaded.GetValueOrDefault(target.Namespace) };
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
    public void Prefer(RouteTarget target) => _preferred[target.Namespace] = target;

    private async Task<RoutedModel?> LoadAsync(RouteTarget target, CancellationToken cancellationToken)
    {
        if (await library.FindAsync(target.Digest, cancellationToken) is not { } loaded || !Fits(loaded.Scorer.Manifest))
        {
            return null;
        }

        EngineIdentity identity = await engines.RegisterAsync(target.VersionId, loaded.Scorer.EngineFingerprint, cancellationToken);
        Routed(logger, target.Namespace, identity.ModelVersion, identity.Digest);
        return new RoutedModel(identity, loaded.Scorer, loaded.Extractor) { VersionId = target.VersionId };
    }

    /// <summary>One table at a time becomes the one in force, with the remotes as they are then.</summary>
    private void Swap(Dictionary<string, RoutedModel>? loaded)
    {
        lock (_gate)
        {
            _loaded = loaded ?? _loaded;
            _routes = _loaded.ToFrozenDictionary(
                pair => pair.Key,
                pair => pair.Value with { Remote = remotes.Find(pair.Key, new RemoteTarget(pair.Value.VersionId, pair.Value.Identity.Digest, pair.Value.Scorer.Manifest)) });
        }
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
}
