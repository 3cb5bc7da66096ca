using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Kubectl;

namespace FinObs.Operator.Tests.Kubectl;

public sealed class StatusTreeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_namespace_without_anything_says_so() => Assert.Equal(["payments", "└─ nothing of FinObs"], StatusTree.Of(new NamespaceContents("payments", [], [], [], [], []), Now));

    [Fact]
    public void A_model_has_its_versions_and_policies_beneath_it_and_each_what_it_waits_for()
    {
        ModelVersion stable = Version("3.1.0", ModelStage.Production, new ModelVersionStatus { Phase = ModelPhase.Serving, Weight = 95, Replicas = 2, ReadyReplicas = 2, Conditions = [Ready(ConditionStatus.True)] });
        ModelVersion canary = Version("3.2.0", ModelStage.Canary, new ModelVersionStatus
        {
            Phase = ModelPhase.WaitingApproval,
            Weight = 5,
            CurrentStep = 1,
            Conditions = [Ready(ConditionStatus.True)],
            BlockedOn = new BlockedOn { Gate = "Approval", Since = Now.AddHours(-3), Hint = "2 of compliance, admin" },
        });
        canary = canary with { Spec = canary.Spec with { Rollout = new RolloutSpec { Steps = [new RolloutStep { SetWeight = 5 }, new RolloutStep { Approval = new ApprovalStep() }] } } };
        DriftPolicy policy = DriftPolicies.Given.Policy() with
        {
            Status = new DriftPolicyStatus
            {
                Severity = DriftSeverity.Critical,
                Breaches = "3/5",
                Conditions = [Ready(ConditionStatus.True)],
                LastJob = new RetrainingStatus { Name = "retrain-card-fraud-1", Phase = RetrainingPhase.Running, Progress = 42, Step = "growing trees" },
            },
        };

        Assert.Equal(
            [
                "payments",
                "└─ card-fraud",
                "   ├─ 3.1.0  Serving, 95 %, stage Production, 2 of 2 pods",
                "   ├─ 3.2.0  WaitingApproval, 5 %, stage Canary, step 2 of 2",
                "   │  └─ waits 3h for Approval: 2 of compliance, admin",
                "   └─ drift policy card-fraud  Critical, breaches 3/5",
                "      └─ retraining retrain-card-fraud-1  Running, 42 %, growing trees",
            ],
            StatusTree.Of(new NamespaceContents("payments", [canary, stable], [policy], [], [], []), Now));
    }

    [Fact]
    public void What_is_not_ready_says_why() =>
        Assert.Equal(
            "      └─ RolledBack: The alert rate was too high.",
            StatusTree.Of(new NamespaceContents("payments", [Version("3.2.0", ModelStage.Canary, new ModelVersionStatus { Conditions = [Ready(ConditionStatus.False)] })], [], [], [], []), Now).Last());

    private static ModelVersion Version(string version, ModelStage stage, ModelVersionStatus status) => ModelVersions.Given.Version(version: version, change: spec => spec with { Stage = stage }) with { Status = status };

    private static Condition Ready(ConditionStatus status) => new() { Type = ConditionTypes.Ready, Status = status, Reason = "RolledBack", Message = "The alert rate was too high.", LastTransitionTime = Now };
}
