using System.Collections.Frozen;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models;

/// <summary>Which loaded model version decides for a namespace: one read of an immutable table, swapped whole when routes change.</summary>
internal sealed partial class ModelRouter(ModelRegistry registry, ModelLibrary library, EngineDirectory engines, ProfileSettings units, ILogger<ModelRouter> logger)
{
    /// <summary>Namespaces without a route of their own are decided by this one's model.</summary>
    public const string DefaultNamespace = "default";

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
        Dictionary<string, RoutedModel> routes = [];
        foreach (RouteTarget target in await registry.RoutesAsync(cancellationToken))
        {
            if (await library.FindAsync(target.Digest, cancellationToken) is { } loaded && Fits(loaded.Scorer.Manifest))
            {
                EngineIdentity identity = await engines.RegisterAsync(target.VersionId, loaded.Scorer.EngineFingerprint, cancellationToken);
                routes[target.Namespace] = new RoutedModel(identity, loaded.Scorer, loaded.Extractor);
                Routed(logger, target.Namespace, identity.ModelVersion, identity.Digest);
            }
        }

        _routes = routes.ToFrozenDictionary();
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
