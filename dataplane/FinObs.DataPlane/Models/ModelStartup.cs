using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models;

/// <summary>Makes the model of a host that has none yet. The slice that can simulate transactions provides it.</summary>
internal interface IBuiltInModel
{
    ModelArtifact Train(CancellationToken cancellationToken);
}

/// <summary>At start: register what is configured, else the built-in model where nothing is registered, then load the routes.</summary>
internal sealed partial class ModelStartup(
    ModelRegistry registry,
    RouteStore routes,
    ModelRouter router,
    IOptions<ModelOptions> options,
    IOptions<RemoteOptions> remote,
    IBuiltInModel builtIn,
    ProfileSettings units,
    ILogger<ModelStartup> logger)
{
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Artifact is { } path)
        {
            ModelArtifact artifact = ModelArtifact.Read(path, options.Value.ArtifactDigest);
            if (!units.Fit(artifact.Manifest.Features))
            {
                // Asked for by name, so it stops the start: sending everything to review for it would be found out too late.
                throw new ConfigurationRefusedException(Misfit(artifact.Manifest.Features));
            }

            await RegisterAsync(artifact, ModelOrigins.Configured, cancellationToken);
        }
        else if (options.Value.BuiltIn && (await routes.FindAsync(ModelRouter.DefaultNamespace, cancellationToken)).Generation == 0)
        {
            Training(logger);
            await RegisterAsync(builtIn.Train(cancellationToken), ModelOrigins.BuiltIn, cancellationToken);
        }

        await router.RefreshAsync(cancellationToken);
        await UseConfiguredRemoteAsync(cancellationToken);
        if (router.Route(ModelRouter.DefaultNamespace) is null)
        {
            NoModel(logger);
        }
    }

    private string Misfit(FeatureSchema model) =>
        $"The model of Models:Artifact was trained in {model.BaseCurrency} and {model.TimeZone}, the account profiles are kept in {units.BaseCurrency} and {units.TimeZone}. "
        + $"Train it with --base-currency {units.BaseCurrency} --time-zone {units.TimeZone}, or start an empty database with --Ledger:BaseCurrency {model.BaseCurrency} --Ledger:TimeZone {model.TimeZone}.";

    private async Task RegisterAsync(ModelArtifact artifact, string origin, CancellationToken cancellationToken)
    {
        long id = await registry.RegisterAsync(ModelRouter.DefaultNamespace, artifact, origin, cancellationToken);
        ModelRoute route = await routes.FindAsync(ModelRouter.DefaultNamespace, cancellationToken);

        // A version that a resource has brought into force goes before a start's configuration; this one stays behind it to fall back to.
        if (route.Stable is { } stable && (stable.Id == id || stable.Origin == ModelOrigins.Resource))
        {
            return;
        }

        await routes.WriteAsync(route, new RouteChange(id, route.Split, RouteReasons.Started, $"models:{origin}", ChangedBy: null), cancellationToken);
    }

    /// <summary>Scoring elsewhere by configuration: pods of the routed version, or a foreign server that goes before it.</summary>
    private async Task UseConfiguredRemoteAsync(CancellationToken cancellationToken)
    {
        RemoteOptions settings = remote.Value;
        if (settings.Endpoints.Count == 0)
        {
            return;
        }

        string? digest = router.Route(ModelRouter.DefaultNamespace)?.Identity.Digest;
        if (settings.Foreign is { } foreign)
        {
            ModelArtifact artifact = foreign.ToArtifact(FeaturesOf(foreign));
            long id = await registry.RegisterAsync(ModelRouter.DefaultNamespace, artifact, "foreign-server", cancellationToken);
            router.Prefer(ModelRouter.DefaultNamespace, new RouteTarget { VersionId = id, Digest = artifact.Digest });
            await router.RefreshAsync(cancellationToken);
            digest = artifact.Digest;
        }

        if (digest is not null)
        {
            router.UseRemote(
                ModelRouter.DefaultNamespace, digest, new RemoteEndpoints([.. settings.Endpoints]) { Protocol = settings.Protocol, Contents = settings.Contents });
        }
    }

    private FeatureSchema FeaturesOf(ForeignServerOptions foreign)
    {
        FeatureSchema? schema = foreign.FeaturesOf is { } path
            ? ModelArtifact.Read(path).Manifest.Features
            : router.Route(ModelRouter.DefaultNamespace)?.Scorer.Manifest.Features;
        return schema ?? throw new ConfigurationRefusedException(
            "Nothing says which features the foreign model reads: set Models:Remote:Foreign:FeaturesOf to an artifact with its feature schema.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No model is registered yet: training the built-in one on simulated transactions.")]
    private static partial void Training(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No usable model: every transaction goes to review until one is registered (Models:Artifact).")]
    private static partial void NoModel(ILogger logger);
}
