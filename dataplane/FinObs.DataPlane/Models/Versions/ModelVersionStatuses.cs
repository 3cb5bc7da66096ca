using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Models.Versions;

/// <summary>Says how a ModelVersion stands: of each thing whether it holds, why, and who can do what about it.</summary>
internal sealed class ModelVersionStatuses(RouteStore routes, ResourceCatalogue catalogue, IEnumerable<IRolloutStandings> rollouts, IEnumerable<IDriftStandings> drifts, TimeProvider time)
{
    private const int ShortDigits = 12;

    public async Task<ResourceStatus> OfAsync(StoredResource resource, ModelVersionState state, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        ModelRoute route = await routes.FindAsync(resource.Key.Namespace, cancellationToken);
        bool isDeciding = route.Stable is { } stable && stable.Model == spec.Model && stable.Version == spec.Version;
        RolloutReport? rollout = await ReportAsync(resource, cancellationToken);
        (string reason, string message) = Traffic(spec, state, route, isDeciding, rollout);
        bool isVerified = state.Artifact.Reason == ModelVersionReasons.Verified;
        return new ModelVersionStatus
        {
            Phase = Phase(spec, state, isDeciding, reason, rollout),
            Model = Load(spec, state, isDeciding),
            ObservedDigest = isVerified ? spec.Artifact.Digest : null,
            ObservedDigestShort = isVerified ? spec.Artifact.Digest["sha256:".Length..][..ShortDigits] : null,
            SignatureVerifiedBy = state.Artifact.SignatureVerifiedBy,
            Weight = isDeciding ? 100 : rollout is { Standing: RolloutStanding.Open } ? rollout.Weight : 0,
            CurrentStep = rollout?.Step,
            StepStartedAt = rollout?.StepStartedAt,
            StepHash = rollout?.StepHash,
            Analysis = rollout is { Analysis.Count: > 0 } ? rollout.Analysis : null,
            Approvals = rollout is { Approvals.Count: > 0 } ? rollout.Approvals : null,
            ApprovalCount = rollout?.Approvals.Count(approval => approval.Decision == "Approved"),
            RoutingGeneration = route.Generation,
            SpecHash = resource.Row.SpecHash,
            PreviousStable = isDeciding && route.Previous is { } previous ? (previous.Model == spec.Model ? previous.Version : previous.Name) : null,
            LastPromoted = await PromotionAsync(resource, state, spec, cancellationToken),
            BlockedOn = Blocked(state, reason, message) ?? (isDeciding ? null : rollout?.BlockedOn),
            Conditions =
            [
                Condition(ModelVersionConditions.ArtifactVerified, OfArtifact(state.Artifact.Reason), state.Artifact.Reason, state.Artifact.Message, state.Since),
                Condition(ModelVersionConditions.Loaded, OfLoad(state.LoadReason), state.LoadReason, state.LoadMessage, state.Since),
                Condition(ModelVersionConditions.TrafficShifted, isDeciding ? ConditionStatus.True : ConditionStatus.False, reason, message, state.Since),
                .. rollout?.Conditions ?? [],
                await DriftAsync(resource.Key.Namespace, spec, state, cancellationToken),
                Validation(spec.Governance, state.Since),
            ],
        };
    }

    private async Task<RolloutReport?> ReportAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        foreach (IRolloutStandings standing in rollouts)
        {
            if (await standing.ReportAsync(resource.Row.Uid, cancellationToken) is { } report)
            {
                return report;
            }
        }

        return null;
    }

    private async Task<Condition> DriftAsync(string @namespace, ModelVersionSpec spec, ModelVersionState state, CancellationToken cancellationToken)
    {
        foreach (IDriftStandings standing in state.VersionId is null ? [] : drifts)
        {
            if (await standing.OfAsync(@namespace, spec.Model, spec.Version, state.VersionId!.Value, cancellationToken) is { } found)
            {
                return Condition(
                    ModelVersionConditions.DriftFree, found.Drifts ? ConditionStatus.False : ConditionStatus.True, found.Drifts ? ModelVersionReasons.Drifting : ModelVersionReasons.NoDrift, found.Message, state.Since);
            }
        }

        return Condition(ModelVersionConditions.DriftFree, ConditionStatus.Unknown, ModelVersionReasons.NotEvaluated, "No drift check has judged it yet.", state.Since);
    }

    /// <summary>As its owner says in <c>spec.governance</c>.</summary>
    private Condition Validation(ModelGovernance? governance, DateTimeOffset since)
    {
        if (governance?.NextReviewBy is { } due && due <= time.GetUtcNow())
        {
            return Condition(ModelVersionConditions.ValidationCurrent, ConditionStatus.False, ModelVersionReasons.ReviewOverdue, $"It was to be looked at again by {due:u}: set spec.governance.validation and nextReviewBy anew once it was.", due);
        }

        return governance?.Validation is { } validation
            ? Condition(
                ModelVersionConditions.ValidationCurrent, ConditionStatus.True, ModelVersionReasons.Current,
                governance.NextReviewBy is { } next ? $"{validation.By} validated it at {validation.At:u}; the next review is due by {next:u}." : $"{validation.By} validated it at {validation.At:u}.", since)
            : Condition(ModelVersionConditions.ValidationCurrent, ConditionStatus.Unknown, ModelVersionReasons.NotValidated, "Nobody has validated it: spec.governance.validation is empty.", since);
    }

    private (string Reason, string Message) Traffic(ModelVersionSpec spec, ModelVersionState state, ModelRoute route, bool isDeciding, RolloutReport? rollout)
    {
        if (isDeciding)
        {
            return (ModelVersionReasons.Serving, route.Split is { Arms.Count: > 0 } ? "It decides whatever is not shared with a version on trial." : "Every transaction of the namespace is decided by it.");
        }

        string instead = route.Stable is { } stable ? $"{stable.Name} decides" : "nobody decides, and transactions go to review";
        return spec switch
        {
            { KillSwitch: true } => (ModelVersionReasons.KillSwitch, $"spec.killSwitch is true: {instead}."),
            _ when rollout is { Standing: RolloutStanding.RolledBack } => (ModelVersionReasons.RolledBack, $"{rollout.Message} {instead}."),
            _ when rollout is { Standing: RolloutStanding.Open, BlockedOn.Gate: "Routing" } => (ModelVersionReasons.RoutingBusy, rollout.BlockedOn.Hint),
            _ when rollout is { Standing: RolloutStanding.Open } => (ModelVersionReasons.WaitsForRollout, $"It decides {rollout.Weight} % at step {rollout.Step} of its rollout ({rollout.Message}); {instead}."),
            { Stage: not (ModelStage.Production or ModelStage.Canary or ModelStage.Shadow) } => (ModelVersionReasons.NotPermittedByStage, $"The stage {spec.Stage} does not permit it to decide: {instead}."),
            _ when state.UsableVersionId is null => (ModelVersionReasons.NotUsable, $"It cannot decide ({Lower(state.LoadMessage)}): {instead}."),
            _ when IsToBeRolledOut(spec) && !IsBelow(route, spec) => (ModelVersionReasons.WaitsForRollout, $"Its rollout is about to begin; {instead}."),
            _ when IsBusyWith(route, spec) => (ModelVersionReasons.RoutingBusy, $"One model decides a namespace, and {instead}: retire or remove that model's versions in production first."),
            _ when route.Stable?.Model == spec.Model => (ModelVersionReasons.Superseded, $"{instead}: the highest version in production does."),
            _ => (ModelVersionReasons.NotUsable, $"It is about to be routed to; {instead}."),
        };
    }

    private static bool IsToBeRolledOut(ModelVersionSpec spec) => spec.Stage is ModelStage.Shadow or ModelStage.Canary || spec.Rollout is { Steps.Count: > 0 };

    private static bool IsBelow(ModelRoute route, ModelVersionSpec spec) =>
        spec.Stage != ModelStage.Shadow && route.Stable is { } stable && stable.Model == spec.Model && SemanticVersion.Precedence.Compare(stable.Version, spec.Version) > 0;

    /// <summary>Another model's version decides, and a ModelVersion asks for that.</summary>
    private bool IsBusyWith(ModelRoute route, ModelVersionSpec spec) =>
        route.Stable is { } stable && stable.Model != spec.Model
        && catalogue.Current.Of(route.Namespace, ResourceKinds.ModelVersion.Name).Any(other => ((ModelVersion)other.Resource).Spec is var its && its.Model == stable.Model && its.Version == stable.Version);

    private static ModelPhase Phase(ModelVersionSpec spec, ModelVersionState state, bool isDeciding, string traffic, RolloutReport? rollout) => (spec.Stage, state) switch
    {
        _ when isDeciding => ModelPhase.Serving,
        (ModelStage.Retired, _) => ModelPhase.Retired,
        (_, { Artifact.Reason: ModelVersionReasons.DigestMismatch or ModelVersionReasons.Refused or ModelVersionReasons.SignatureInvalid }) => ModelPhase.Failed,
        (_, { Artifact.Reason: ModelVersionReasons.Fetching or ModelVersionReasons.FetchFailed }) => ModelPhase.Verifying,
        (_, { Artifact.Reason: ModelVersionReasons.NotYetChecked }) => ModelPhase.Pending,
        _ when traffic == ModelVersionReasons.KillSwitch => ModelPhase.RolledBack,
        (_, { Artifact.Reason: ModelVersionReasons.Verified, LoadReason: ModelVersionReasons.LoadFailed }) => ModelPhase.Failed,
        (_, { LoadReason: ModelVersionReasons.Loading }) => ModelPhase.Loading,
        _ => rollout?.Phase ?? ModelPhase.Pending,
    };

    private static ModelLoadStatus Load(ModelVersionSpec spec, ModelVersionState state, bool isDeciding)
    {
        ModelLoadState target = state.LoadReason switch
        {
            ModelVersionReasons.InMemory => ModelLoadState.Loaded,
            ModelVersionReasons.NotWanted => ModelLoadState.Standby,
            ModelVersionReasons.LoadFailed when state.LastFailure is not null => ModelLoadState.FailedToLoad,
            ModelVersionReasons.Loading => ModelLoadState.Loading,
            _ => ModelLoadState.Pending,
        };
        return new ModelLoadStatus
        {
            ActiveState = isDeciding ? ModelLoadState.Loaded : target,
            TargetState = target,
            Transition = (target, state.LastFailure?.Reason) switch
            {
                (ModelLoadState.Loaded or ModelLoadState.Standby, _) => ModelTransition.UpToDate,
                (ModelLoadState.FailedToLoad, ModelFailureReason.InvalidSpec) => ModelTransition.InvalidSpec,
                (ModelLoadState.FailedToLoad, _) => ModelTransition.BlockedByFailedLoad,
                _ => ModelTransition.InProgress,
            },
            LastFailure = state.LastFailure,
        };
    }

    private async Task<PromotionRecord?> PromotionAsync(StoredResource resource, ModelVersionState state, ModelVersionSpec spec, CancellationToken cancellationToken) =>
        state.VersionId is { } id && await routes.LastPromotionAsync(resource.Key.Namespace, id, cancellationToken) is { } change
            ? new PromotionRecord { Version = spec.Version, At = change.ChangedAt, By = change.ChangedBy ?? change.Actor }
            : null;

    private static BlockedOn? Blocked(ModelVersionState state, string traffic, string message)
    {
        (string Gate, string Hint)? blocked = (state.Artifact.Reason, traffic) switch
        {
            (ModelVersionReasons.Verified, ModelVersionReasons.RoutingBusy) => ("Routing", message),
            (ModelVersionReasons.Verified, ModelVersionReasons.NotUsable) when state.LoadReason == ModelVersionReasons.LoadFailed => ("Model", state.LoadMessage),
            (ModelVersionReasons.Verified, _) or (ModelVersionReasons.NotYetChecked, _) => null,
            _ => ("Artifact", state.Artifact.Message),
        };
        return blocked is { } gate ? new BlockedOn { Gate = gate.Gate, Hint = gate.Hint, Since = state.Since } : null;
    }

    private static ConditionStatus OfArtifact(string reason) => reason switch
    {
        ModelVersionReasons.Verified => ConditionStatus.True,
        ModelVersionReasons.NotYetChecked or ModelVersionReasons.CheckedByPods or ModelVersionReasons.Fetching => ConditionStatus.Unknown,
        _ => ConditionStatus.False,
    };

    private static ConditionStatus OfLoad(string reason) => reason switch
    {
        ModelVersionReasons.InMemory => ConditionStatus.True,
        ModelVersionReasons.Loading => ConditionStatus.Unknown,
        _ => ConditionStatus.False,
    };

    private static Condition Condition(string type, ConditionStatus status, string reason, string message, DateTimeOffset since) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = since };

    private static string Lower(string sentence) => sentence.Length == 0 ? "" : char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
