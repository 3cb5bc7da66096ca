using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.DataPlane;
using FinObs.Operator.ModelVersions;

namespace FinObs.Operator.Tests.ModelVersions;

/// <summary>What the data plane says of a rollout, in the object's status.</summary>
public sealed class ModelVersionReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Step_weight_analysis_and_approvals_are_the_data_planes()
    {
        ModelVersionStatus theirs = Theirs(ModelVersionReasons.WaitsForRollout, "It decides 5 %.") with
        {
            Phase = ModelPhase.WaitingApproval,
            CurrentStep = 2,
            Weight = 5,
            StepHash = "abc",
            Analysis = [new AnalysisResult { Metric = RolloutMetric.AlertRate, Value = 0.01m, Samples = 1000, Verdict = AnalysisVerdict.Pass, At = Now }],
            Approvals = [new ApprovalRecord { By = "user:1", Role = "compliance", Decision = "Approved", At = Now, BoundHash = "h" }],
            ApprovalCount = 1,
        };
        ModelVersionStatus status = Fold(ModelStage.Canary, theirs);
        Assert.Equal((ModelPhase.WaitingApproval, 2, 5, "abc", 1), (status.Phase, status.CurrentStep, status.Weight, status.StepHash, status.ApprovalCount));
        Assert.Equal(RolloutMetric.AlertRate, Assert.Single(status.Analysis!).Metric);
        Assert.Equal("user:1", Assert.Single(status.Approvals!).By);
    }

    [Fact]
    public void A_canary_that_waits_for_people_is_ready_and_says_for_whom_it_waits()
    {
        BlockedOn wait = new() { Gate = "Approval", Since = Now.AddHours(-1), Hint = "2 of compliance, admin" };
        ModelVersionStatus status = Fold(ModelStage.Canary, Theirs(ModelVersionReasons.WaitsForRollout, "It decides 5 %.") with { Phase = ModelPhase.WaitingApproval, BlockedOn = wait });
        Assert.Equal(("True", "Verified and loaded. It decides 5 %."), Ready(status));
        Assert.Equal(wait, status.BlockedOn);
    }

    [Fact]
    public void Rolled_back_it_is_stalled_until_somebody_acts_and_keeps_its_phase()
    {
        ModelVersionStatus status = Fold(ModelStage.Production, Theirs(ModelVersionReasons.RolledBack, "The alert rate was too high.") with { Phase = ModelPhase.RolledBack });
        Assert.Equal(("False", "The alert rate was too high."), Ready(status));
        Assert.Contains(status.Conditions!, condition => condition is { Type: ConditionTypes.Stalled, Reason: ModelVersionReasons.RolledBack });
        Assert.Equal((ModelPhase.RolledBack, "Rollback"), (status.Phase, status.BlockedOn!.Gate));
    }

    [Fact]
    public void One_that_a_later_version_has_followed_is_ready()
    {
        ModelVersionStatus status = Fold(ModelStage.Production, Theirs(ModelVersionReasons.Superseded, "card-fraud@4.0.0 decides."));
        Assert.Equal(("True", "Verified and loaded. card-fraud@4.0.0 decides."), Ready(status));
        Assert.DoesNotContain(status.Conditions!, condition => condition.Type is ConditionTypes.Reconciling or ConditionTypes.Stalled);
    }

    [Fact]
    public void What_was_said_of_a_rollout_goes_with_it()
    {
        Condition old = new() { Type = ModelVersionConditions.AnalysisPassed, Status = ConditionStatus.False, Reason = ModelVersionReasons.OutOfBounds, Message = "", LastTransitionTime = Now };
        ModelVersion version = Of(ModelStage.Production) with { Status = new ModelVersionStatus { Conditions = [old] } };
        Assert.DoesNotContain(Fold(version, Theirs(ModelVersionReasons.Serving, "It decides."))!.Conditions!, condition => condition.Type == ModelVersionConditions.AnalysisPassed);
    }

    [Theory]
    [InlineData(ModelStage.Shadow)]
    [InlineData(ModelStage.Production)]
    public void While_the_data_plane_is_away_nobody_says_that_it_is_ready(ModelStage stage)
    {
        ModelVersion before = Of(stage) with { Status = Fold(stage, Theirs(ModelVersionReasons.Superseded, "4.0.0 decides.")) };
        ModelVersionReport report = new(before, Now.AddMinutes(1));
        report.NotSubmitted(new Obstacle(CommonReasons.DataPlaneUnreachable, "DataPlane", "It does not answer.", IsForGood: false));
        ModelVersionStatus status = report.Fold();
        Assert.Equal(("Unknown", "It does not answer."), Ready(status));
        Assert.Equal("DataPlane", status.BlockedOn!.Gate);
    }

    private static (string, string) Ready(ModelVersionStatus status)
    {
        Condition ready = status.Conditions!.Single(condition => condition.Type == ConditionTypes.Ready);
        return (ready.Status.ToString(), ready.Message);
    }

    private static ModelVersion Of(ModelStage stage) => Given.Version(change: spec => spec with { Stage = stage });

    private static ModelVersionStatus Fold(ModelStage stage, ModelVersionStatus theirs) => Fold(Of(stage), theirs);

    private static ModelVersionStatus Fold(ModelVersion version, ModelVersionStatus theirs)
    {
        ModelVersionReport report = new(version, Now);
        report.DataPlane(new ResourceStatusAnswer
        {
            Revision = new ResourceRevision { Uid = version.Metadata.Uid!, Generation = 3, SpecHash = "sha256:0" },
            Status = (JsonObject)JsonSerializer.SerializeToNode(theirs, ResourceJson.Lenient)!,
        });
        report.NoPods(ModelVersionReasons.NoPodsWanted, "The data plane scores in process.");
        return report.Fold();
    }

    private static ModelVersionStatus Theirs(string traffic, string message) => new()
    {
        Conditions =
        [
            Condition(ModelVersionConditions.ArtifactVerified, ConditionStatus.True, ModelVersionReasons.Verified, ""),
            Condition(ModelVersionConditions.Loaded, ConditionStatus.True, ModelVersionReasons.InMemory, ""),
            Condition(ModelVersionConditions.TrafficShifted, traffic == ModelVersionReasons.Serving ? ConditionStatus.True : ConditionStatus.False, traffic, message),
        ],
    };

    private static Condition Condition(string type, ConditionStatus status, string reason, string message) => new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = Now };
}
