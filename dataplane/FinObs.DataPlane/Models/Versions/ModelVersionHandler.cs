using System.Collections.Concurrent;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Models.Verification;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models.Versions;

/// <summary>Makes ModelVersions so: verified, registered, loaded, and deciding where they may. In every replica; what is written is written by whoever is first.</summary>
internal sealed class ModelVersionHandler(
    ArtifactVerifier verifier, ModelRegistry registry, ModelLibrary library, ModelRouting routing, ModelVersionStates states, ModelVersionStatuses statuses, ReadinessStore readiness,
    ExternalServers external, ProfileSettings units, TimeProvider time) : IResourceHandler
{
    public string Kind => ResourceKinds.ModelVersion.Name;

    public async Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        if (states[resource.Key] is null)
        {
            states[resource.Key] = ModelVersionState.Unseen with { Artifact = new ArtifactFinding(ModelVersionReasons.Fetching, "Its bytes are being looked for."), Since = time.GetUtcNow() };
        }

        ArtifactFinding artifact = await verifier.VerifyAsync(spec, secrets, cancellationToken);
        ModelVersionState state = await MakeSoAsync(resource.Key.Namespace, spec, artifact, cancellationToken);
        ExternalUse? server = await ServeAsync(resource.Key, spec, state, secrets, cancellationToken);
        states[resource.Key] = server is null ? state : state with { LoadMessage = server.Message };
        await routing.SettleAsync(resource.Key.Namespace, cancellationToken);
        return artifact.Again ?? server?.Again;
    }

    public Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken) =>
        statuses.OfAsync(resource, states[resource.Key] ?? ModelVersionState.Unseen, cancellationToken);

    /// <summary>It may go once the route does not lead to it.</summary>
    public async Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        await readiness.ForgetAsync(resource.Key, cancellationToken);
        ModelRoute route = await routing.SettleAsync(resource.Key.Namespace, cancellationToken);
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        return route.Stable is not { } stable || stable.Model != spec.Model || stable.Version != spec.Version;
    }

    public void Forget(StoredResource resource)
    {
        external.Forget(resource.Key);
        states.Forget(resource.Key);
    }

    /// <summary>What cannot be scored here is asked for nowhere else: nothing could stand in, nor say which features it gets.</summary>
    private async Task<ExternalUse?> ServeAsync(ResourceKey key, ModelVersionSpec spec, ModelVersionState state, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        if (state.UsableVersionId is not null)
        {
            return await external.UseAsync(key, spec, secrets, cancellationToken);
        }

        external.Forget(key);
        return null;
    }

    private async Task<ModelVersionState> MakeSoAsync(string @namespace, ModelVersionSpec spec, ArtifactFinding artifact, CancellationToken cancellationToken)
    {
        if (artifact.Artifact is not { } info)
        {
            string why = artifact.Reason == ModelVersionReasons.CheckedByPods ? "Its bytes are not here: it cannot be scored in process." : "Its artifact is not verified.";
            return State(artifact, null, IsWanted(spec) ? ModelVersionReasons.LoadFailed : ModelVersionReasons.NotWanted, why, artifact.Failure, artifact.Message);
        }

        long id;
        try
        {
            id = await registry.RegisterAsync(@namespace, info, ModelOrigins.Resource, cancellationToken);
        }
        catch (ConfigurationRefusedException refusal)
        {
            ArtifactFinding taken = new(ModelVersionReasons.Refused, refusal.Message) { Failure = ModelFailureReason.InvalidSpec };
            return State(taken, null, ModelVersionReasons.LoadFailed, refusal.Message, ModelFailureReason.InvalidSpec, refusal.Message);
        }

        if (await SetThresholdsAsync(id, spec.Decision, info, cancellationToken) is { } wrong)
        {
            return State(artifact, id, ModelVersionReasons.LoadFailed, wrong, ModelFailureReason.InvalidSpec, wrong);
        }

        return IsWanted(spec)
            ? await LoadAsync(artifact, id, info.Digest, cancellationToken)
            : State(artifact, id, ModelVersionReasons.NotWanted, $"The stage {spec.Stage} asks for no loading.", null, "");
    }

    private async Task<ModelVersionState> LoadAsync(ArtifactFinding artifact, long id, string digest, CancellationToken cancellationToken)
    {
        if (await library.FindAsync(digest, cancellationToken) is not { } loaded)
        {
            const string Unloadable = "It was verified but could not be loaded here: the log says why.";
            return State(artifact, id, ModelVersionReasons.LoadFailed, Unloadable, ModelFailureReason.ModelLoadFailed, Unloadable);
        }

        FeatureSchema schema = loaded.Scorer.Manifest.Features;
        if (!units.Fit(schema))
        {
            string misfit = $"It was trained in {schema.BaseCurrency} and {schema.TimeZone}, the account profiles are kept in {units.BaseCurrency} and {units.TimeZone}: "
                + $"train it with --base-currency {units.BaseCurrency} --time-zone {units.TimeZone}.";
            return State(artifact, id, ModelVersionReasons.LoadFailed, misfit, ModelFailureReason.ModelLoadFailed, misfit);
        }

        return State(artifact, id, ModelVersionReasons.InMemory, "It is in memory and can score.", null, "");
    }

    /// <summary>The spec's thresholds where it has any, else the manifest's; a sentence where the two together make no sense.</summary>
    private async Task<string?> SetThresholdsAsync(long id, DecisionSpec decision, ArtifactInfo info, CancellationToken cancellationToken)
    {
        DecisionThresholds wanted = new((double?)decision.ReviewAt ?? info.Thresholds.ReviewAt, (double?)decision.BlockAt ?? info.Thresholds.BlockAt);
        if (wanted.ReviewAt > wanted.BlockAt)
        {
            return $"Review from {wanted.ReviewAt} on and block from {wanted.BlockAt} on: with one of the two from the manifest, reviewAt is above blockAt. Set both.";
        }

        if (wanted != (await registry.ThresholdsAsync(id, cancellationToken) ?? info.Thresholds))
        {
            await registry.SetThresholdsAsync(id, wanted, cancellationToken);
        }

        return null;
    }

    private ModelVersionState State(ArtifactFinding artifact, long? id, string loadReason, string loadMessage, ModelFailureReason? failure, string failureMessage)
    {
        DateTimeOffset now = time.GetUtcNow();
        return new ModelVersionState
        {
            Artifact = artifact,
            VersionId = id,
            LoadReason = loadReason,
            LoadMessage = loadMessage,
            LastFailure = failure is { } reason ? new ModelFailure { Reason = reason, Message = failureMessage, Time = now } : null,
            Since = now,
        };
    }

    private static bool IsWanted(ModelVersionSpec spec) => spec.Stage is ModelStage.Shadow or ModelStage.Canary or ModelStage.Production;
}

/// <summary>How far this process is with each ModelVersion.</summary>
internal sealed class ModelVersionStates
{
    private readonly ConcurrentDictionary<ResourceKey, ModelVersionState> _states = [];

    public ModelVersionState? this[ResourceKey key]
    {
        get => _states.GetValueOrDefault(key);
        set => _states.AddOrUpdate(key, value!, (_, before) => value!.After(before));
    }

    public void Forget(ResourceKey key) => _states.TryRemove(key, out _);
}
