using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Operator.ABExperiments;
using FinObs.Operator.Status;
using FinObs.Operator.Tests.Resources;

namespace FinObs.Operator.Tests.ABExperiments;

public sealed class ExperimentWaitsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(ABExperimentReasons.VersionMissing, "Arms")]
    [InlineData(ABExperimentReasons.ArmNotReady, "Arms")]
    [InlineData(ABExperimentReasons.RoutingBusy, "Routing")]
    public async Task It_waits_for_its_arms_and_for_the_route(string reason, string gate)
    {
        ABExperimentStatus status = await TakeAsync(ExperimentState.Running, new ABExperimentStatus { Phase = ExperimentPhase.Draft }, reason);
        Assert.Equal((gate, reason), (status.BlockedOn?.Gate, status.BlockedOn?.Hint));
    }

    [Fact]
    public async Task A_draft_waits_for_nothing() => Assert.Null((await TakeAsync(ExperimentState.Draft, new ABExperimentStatus { Phase = ExperimentPhase.Draft }, ABExperimentReasons.VersionMissing)).BlockedOn);

    [Fact]
    public async Task A_winner_waits_for_people() =>
        Assert.Equal("Approval", (await TakeAsync(ExperimentState.Running, new ABExperimentStatus { Phase = ExperimentPhase.Concluded, Verdict = ExperimentVerdict.TreatmentBetter, Winner = "treatment" })).BlockedOn?.Gate);

    [Fact]
    public async Task A_control_that_wins_waits_for_nobody() =>
        Assert.Null((await TakeAsync(ExperimentState.Running, new ABExperimentStatus { Phase = ExperimentPhase.Concluded, Verdict = ExperimentVerdict.ControlBetter, Winner = "control" })).BlockedOn);

    private static Task<ABExperimentStatus> TakeAsync(ExperimentState state, ABExperimentStatus told, string? armsReason = null)
    {
        ABExperiment sample = SampleResources.Read("abexperiment").Deserialize<ABExperiment>(ResourceJson.Lenient)!;
        ConditionSet conditions = new(null, 1, Now);
        if (armsReason is not null) conditions.Set(ABExperimentConditions.ArmsReady, ConditionStatus.False, armsReason, armsReason);
        return new ExperimentWaits(TimeProvider.System).TakeAsync(sample with { Spec = sample.Spec with { State = state } }, told, conditions, TestContext.Current.CancellationToken);
    }
}
