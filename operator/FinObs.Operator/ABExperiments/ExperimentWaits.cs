using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Operator.Policies;
using FinObs.Operator.Status;

namespace FinObs.Operator.ABExperiments;

/// <summary>Says what an experiment waits for and who can act. The data plane waits for the arms and concludes; its statistics are copied as they are.</summary>
internal sealed class ExperimentWaits(TimeProvider time) : IPolicyStep<ABExperiment, ABExperimentStatus>
{
    public Task<ABExperimentStatus> TakeAsync(ABExperiment resource, ABExperimentStatus told, ConditionSet conditions, CancellationToken cancellationToken) =>
        Task.FromResult(told.BlockedOn is null && WaitOf(resource, told, conditions) is { } wait ? told with { BlockedOn = BlockedOnGate.Of(resource.Status?.BlockedOn, wait.Gate, wait.Hint, time.GetUtcNow()) } : told);

    private static (string Gate, string Hint)? WaitOf(ABExperiment experiment, ABExperimentStatus told, ConditionSet conditions)
    {
        string name = $"{experiment.Metadata.Namespace}/{experiment.Metadata.Name}";
        return told.Phase switch
        {
            ExperimentPhase.Paused => ("Person", $"It is paused: POST /v1/experiments/{name}/resume goes on, …/stop ends it."),
            ExperimentPhase.Concluded when told.Verdict == ExperimentVerdict.TreatmentBetter => ("Approval", $"{told.Winner} has won: POST /v1/experiments/{name}/promote asks {experiment.Spec.Conclusion.Approvals} people to agree."),
            ExperimentPhase.Draft or ExperimentPhase.Running when experiment.Spec.State == ExperimentState.Running && conditions.Find(ABExperimentConditions.ArmsReady) is { Status: ConditionStatus.False } arms =>
                (arms.Reason == ABExperimentReasons.RoutingBusy ? "Routing" : "Arms", arms.Message),
            _ => null,
        };
    }
}
