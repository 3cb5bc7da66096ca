using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.DataPlane;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Status;

namespace FinObs.Operator.ModelVersions;

/// <summary>The status of one version while it is reconciled: each step says what it found, and <see cref="Fold"/> makes one status of it.</summary>
internal sealed class ModelVersionReport(ModelVersion version, DateTimeOffset now)
{
    /// <summary>Said of a rollout: without one they are not there.</summary>
    private static readonly string[] OfRollouts = [ModelVersionConditions.ShadowHealthy, ModelVersionConditions.AnalysisPassed, ModelVersionConditions.Approved];

    private static readonly string[] ForGood =
        [ModelVersionReasons.DigestMismatch, ModelVersionReasons.Refused, ModelVersionReasons.SignatureInvalid];

    private ModelVersionStatus _status = version.Status ?? new ModelVersionStatus();
    private (string Reason, string Message)? _stalled;
    private (string Gate, string Hint)? _blocked;
    private BlockedOn? _gate;
    private PodObservation? _pods;

    public int PodCount => _pods?.Replicas ?? 0;

    public int ReadyPods => _pods?.Ready ?? 0;

    public ConditionSet Conditions { get; } = new(version.Status?.Conditions, version.Metadata.Generation ?? 0, now);

    /// <summary>The data plane refuses the artifact, or could not yet look at it: no pod would come up.</summary>
    public bool MayFetch => Conditions[ModelVersionConditions.ArtifactVerified] == ConditionStatus.True || ArtifactReason == ModelVersionReasons.CheckedByPods;

    private string? ArtifactReason => _status.Conditions?.FirstOrDefault(condition => condition.Type == ModelVersionConditions.ArtifactVerified)?.Reason;

    /// <summary>The data plane does not have this spec.</summary>
    public void NotSubmitted(Obstacle obstacle)
    {
        if (obstacle.IsForGood) Stalled(obstacle.Reason, obstacle.Message);
        if (obstacle.Reason == CommonReasons.DataPlaneUnreachable) Conditions.Set(ModelVersionConditions.TrafficShifted, ConditionStatus.Unknown, obstacle.Reason, obstacle.Message);
        Blocked(obstacle.Gate, obstacle.Message);
    }

    /// <summary>The data plane has this very spec.</summary>
    public void Accepted(ResourceAnswer answer) => _status = _status with { TraceId = answer.TraceId, SpecHash = answer.Revision.SpecHash };

    /// <summary>What the data plane knows of it replaces what we knew of that.</summary>
    public void DataPlane(ResourceStatusAnswer answer)
    {
        ModelVersionStatus theirs = answer.Status.Deserialize<ModelVersionStatus>(ResourceJson.Lenient)!;
        _status = theirs with
        {
            ObservedGeneration = _status.ObservedGeneration,
            LastHandledReconcileAt = _status.LastHandledReconcileAt,
            SpecHash = _status.SpecHash ?? theirs.SpecHash,
            TraceId = theirs.TraceId ?? _status.TraceId,
            Model = theirs.Model is { } model ? model with { LastFailure = model.LastFailure ?? _status.Model?.LastFailure } : _status.Model,
        };
        foreach (string type in OfRollouts) Conditions.Remove(type);
        foreach (Condition condition in theirs.Conditions ?? [])
        {
            if (condition.Type is not (ConditionTypes.Ready or ConditionTypes.Reconciling or ConditionTypes.Stalled))
            {
                Conditions.Set(condition.Type, condition.Status, condition.Reason, condition.Message);
            }
        }

        _gate = theirs.BlockedOn;
        if (_gate is { } gate) Blocked(gate.Gate, gate.Hint);
        if (Find(theirs, ModelVersionConditions.ArtifactVerified) is { Status: ConditionStatus.False } refused && ForGood.Contains(refused.Reason)) Stalled(refused.Reason, refused.Message);
        if (version.Spec.Stage != ModelStage.Retired && Find(theirs, ModelVersionConditions.TrafficShifted) is { Reason: ModelVersionReasons.RolledBack } back)
        {
            Stalled(back.Reason, back.Message);
            Blocked("Rollback", "Whoever may configure models can have its steps taken again (the rollout's retry), or set spec.stage to Retired.");
        }
    }

    /// <summary>It will not get on without a change from outside.</summary>
    public void Stalled(string reason, string message) => _stalled ??= (reason, message);

    public void Blocked(string gate, string hint) => _blocked ??= (gate, hint);

    /// <summary>No pods are wanted, or none yet.</summary>
    public void NoPods(string reason, string message) =>
        Conditions.Set(ModelVersionConditions.PodsReady, reason == ModelVersionReasons.WaitsForArtifact ? ConditionStatus.False : ConditionStatus.True, reason, message);

    public void Pods(PodObservation pods)
    {
        _pods = pods;
        Conditions.Set(ModelVersionConditions.PodsReady, pods.Status, pods.Reason, pods.Message);
        if (pods.Status == ConditionStatus.True && ArtifactReason == ModelVersionReasons.CheckedByPods)
        {
            Conditions.Set(ModelVersionConditions.ArtifactVerified, ConditionStatus.True, ModelVersionReasons.CheckedByPods, "Every pod has verified the digest of what it loaded.");
        }

        if (pods.Status != ConditionStatus.True) Blocked("Pods", pods.Message);
    }

    /// <summary>One status of all that was found.</summary>
    /// <param name="plan">What would be done, where nothing is to be done.</param>
    public ModelVersionStatus Fold(IReadOnlyList<string>? plan = null)
    {
        if (_stalled is { } stalled) Conditions.Stalled(stalled.Reason, stalled.Message);
        IReadOnlyList<Condition> conditions = Conditions.Fold(CommonReasons.Succeeded, ReadyMessage(), [.. Parts()]);
        bool isReady = Conditions[ConditionTypes.Ready] == ConditionStatus.True;
        if (!isReady && _stalled is null)
        {
            Condition ready = conditions[0];
            Conditions.Reconciling(CommonReasons.Progressing, ready.Message);
            conditions = Conditions.Fold(CommonReasons.Succeeded, ready.Message, [.. Parts()]);
        }

        bool isSettled = isReady || _stalled is not null;
        return _status with
        {
            ObservedGeneration = isSettled ? version.Metadata.Generation ?? 0 : _status.ObservedGeneration,
            LastHandledReconcileAt = version.Metadata.Annotations?.GetValueOrDefault(WellKnown.RequestedAt) ?? _status.LastHandledReconcileAt,
            Conditions = conditions,
            BlockedOn = isReady ? _gate : BlockedOn(),
            Plan = plan,
            Phase = _stalled is null or { Reason: ModelVersionReasons.RolledBack } ? _status.Phase ?? ModelPhase.Pending : ModelPhase.Failed,
            Model = Load(),
            Replicas = _pods?.Replicas ?? 0,
            ReadyReplicas = _pods?.Ready ?? 0,
            Selector = ChildLabels.SelectorText(version),
        };
    }

    /// <summary>Nothing was looked at on purpose: the rest of the status stays as it was.</summary>
    public ModelVersionStatus Unlooked(string reason, string message, IReadOnlyList<string>? plan = null)
    {
        Conditions.Set(ConditionTypes.Ready, ConditionStatus.Unknown, reason, message);
        return _status with
        {
            ObservedGeneration = version.Metadata.Generation ?? 0,
            LastHandledReconcileAt = version.Metadata.Annotations?.GetValueOrDefault(WellKnown.RequestedAt) ?? _status.LastHandledReconcileAt,
            Conditions = Conditions.All(),
            BlockedOn = null,
            Plan = plan,
        };
    }

    /// <summary>What must hold for a version to be as its spec asks.</summary>
    private IEnumerable<string> Parts()
    {
        yield return ModelVersionConditions.ArtifactVerified;
        if (version.Spec.Stage is ModelStage.Shadow or ModelStage.Canary or ModelStage.Production)
        {
            yield return ModelVersionConditions.PodsReady;
            yield return ModelVersionConditions.Loaded;
        }

        // One that a later version has followed is what its stage permits, though it decides nothing. Where nobody can say who decides, nobody can say that all is well.
        bool isToDecide = version.Spec is { Stage: ModelStage.Production, KillSwitch: false } && Traffic?.Reason != ModelVersionReasons.Superseded;
        if (isToDecide || Traffic?.Reason == CommonReasons.DataPlaneUnreachable) yield return ModelVersionConditions.TrafficShifted;
    }

    private string ReadyMessage() => version.Spec.Stage switch
    {
        ModelStage.Registered or ModelStage.Validated => "The artifact is verified; the stage asks for no more.",
        ModelStage.Retired => "Retired.",
        ModelStage.Production when version.Spec.KillSwitch => "Ready, and kept out of traffic by its kill switch.",
        _ when Traffic is { Reason: ModelVersionReasons.Superseded or ModelVersionReasons.WaitsForRollout } traffic => $"Verified and loaded. {traffic.Message}",
        ModelStage.Production => "Verified, loaded and deciding.",
        _ => "Verified and loaded; the stage does not let it decide.",
    };

    private Condition? Traffic => Conditions.Find(ModelVersionConditions.TrafficShifted);

    private BlockedOn? BlockedOn() => _blocked is { } blocked ? BlockedOnGate.Of(version.Status?.BlockedOn, blocked.Gate, blocked.Hint, now) : null;

    private ModelLoadStatus Load()
    {
        ModelLoadStatus theirs = _status.Model ?? new ModelLoadStatus();
        ModelFailure? failure = _pods?.Failure;
        bool isWanted = version.Spec.Stage is ModelStage.Shadow or ModelStage.Canary or ModelStage.Production;
        if (_stalled is { Reason: CommonReasons.RefusedByDataPlane or CommonReasons.SecretMissing or CommonReasons.OwnedByAnother } invalid)
        {
            return theirs with { Transition = ModelTransition.InvalidSpec, LastFailure = new ModelFailure { Reason = ModelFailureReason.InvalidSpec, Message = invalid.Message, Time = TimeOf(theirs, ModelFailureReason.InvalidSpec) } };
        }

        if (!isWanted || _pods is null) return theirs with { LastFailure = failure ?? theirs.LastFailure };

        bool isUp = _pods.Status == ConditionStatus.True && Conditions[ModelVersionConditions.Loaded] != ConditionStatus.False;
        return new ModelLoadStatus
        {
            ActiveState = _pods.Ready > 0 ? ModelLoadState.Loaded : failure is null ? ModelLoadState.Loading : ModelLoadState.FailedToLoad,
            TargetState = isUp ? ModelLoadState.Loaded : failure is null ? ModelLoadState.Loading : ModelLoadState.FailedToLoad,
            Transition = isUp ? ModelTransition.UpToDate : failure is null ? ModelTransition.InProgress : ModelTransition.BlockedByFailedLoad,
            LastFailure = failure ?? theirs.LastFailure,
        };
    }

    private DateTimeOffset TimeOf(ModelLoadStatus before, ModelFailureReason reason) => before.LastFailure is { } last && last.Reason == reason ? last.Time : now;

    private static Condition? Find(ModelVersionStatus status, string type) => status.Conditions?.FirstOrDefault(condition => condition.Type == type);
}
