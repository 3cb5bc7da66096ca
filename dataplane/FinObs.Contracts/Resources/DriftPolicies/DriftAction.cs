using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>What happens when a model drifts.</summary>
[Rule("self.type != 'Notify' || has(self.callbackTargetRef)", "Notify needs callbackTargetRef", Check = nameof(NotifyHasATarget), FieldPath = ".callbackTargetRef")]
[Rule("self.type != 'ReduceWeight' || has(self.to)", "ReduceWeight needs to", Check = nameof(ReduceHasAWeight), FieldPath = ".to")]
public sealed record DriftAction
{
    /// <summary>From which severity on.</summary>
    public required DriftSeverity Severity { get; init; }

    /// <summary>What is done.</summary>
    public required DriftActionType Type { get; init; }

    /// <summary>Notify: whom.</summary>
    public ObjectRef? CallbackTargetRef { get; init; }

    /// <summary>Retrain: how.</summary>
    public RetrainingJob? Job { get; init; }

    /// <summary>ReduceWeight: to which share of traffic, in percent.</summary>
    [Range(0, 100)]
    public int? To { get; init; }

    private static bool NotifyHasATarget(DriftAction self) => self.Type != DriftActionType.Notify || self.CallbackTargetRef is not null;

    private static bool ReduceHasAWeight(DriftAction self) => self.Type != DriftActionType.ReduceWeight || self.To is not null;
}

/// <summary>How bad it is.</summary>
public enum DriftSeverity
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Worth a look.</summary>
    Warning = 1,

    /// <summary>The model should not go on like this.</summary>
    Critical = 2,
}

/// <summary>What is done.</summary>
public enum DriftActionType
{
    /// <summary>A callback is sent.</summary>
    Notify = 0,

    /// <summary>A Job trains a candidate.</summary>
    Retrain = 1,

    /// <summary>A case is opened.</summary>
    OpenCase = 2,

    /// <summary>The version's share of traffic is lowered.</summary>
    ReduceWeight = 3,
}

/// <summary>How a candidate is trained.</summary>
[Rule("self.resultStage != 'Production' && self.resultStage != 'Canary'", "a retrained model is a candidate: resultStage is Registered, Validated or Shadow", Check = nameof(IsACandidate), FieldPath = ".resultStage")]
public sealed record RetrainingJob
{
    /// <summary>On how much of the past.</summary>
    public Duration DataWindow { get; init; } = Duration.Hours(2160);

    /// <summary>The stage of the ModelVersion that results: never one that decides.</summary>
    public ModelStage ResultStage { get; init; } = ModelStage.Shadow;

    /// <summary>A Job that takes longer is ended, and the retraining with it.</summary>
    public Duration Deadline { get; init; } = Duration.Hours(6);

    /// <summary>How often a pod that failed is followed by another one. Pods that the cluster evicts do not count. The fewer the sooner it is given up: a new pod may be refused until the lease of the one before it is over.</summary>
    [Range(0, 20)]
    public int BackoffLimit { get; init; } = 6;

    /// <summary>What its pod may use.</summary>
    public PodResources Resources { get; init; } = new()
    {
        Requests = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = "1", ["memory"] = "1Gi" },
        Limits = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["memory"] = "4Gi" },
    };

    /// <summary>How many ended Jobs are kept.</summary>
    public JobHistory History { get; init; } = new();

    private static bool IsACandidate(RetrainingJob self) => self.ResultStage is not (ModelStage.Production or ModelStage.Canary);
}

/// <summary>How many ended Jobs are kept, for their logs. What they found is in the data plane's history for good.</summary>
public sealed record JobHistory
{
    /// <summary>Of those that did their work.</summary>
    [Range(0, 100)]
    public int Succeeded { get; init; } = 3;

    /// <summary>Of those that failed.</summary>
    [Range(0, 100)]
    public int Failed { get; init; } = 3;
}
