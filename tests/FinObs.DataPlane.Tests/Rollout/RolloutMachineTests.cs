using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Rollout.Steps;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>How a rollout gets on, without clock and database.</summary>
public sealed class RolloutMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly RolloutStep Analysis = new()
    {
        Analysis = new AnalysisStep { Metrics = [new AnalysisMetric { Name = RolloutMetric.AlertRate, Max = 0.1m }], Interval = Duration.Minutes(5), FailureLimit = 2, InconclusiveLimit = 3 },
    };

    [Fact]
    public void A_shadow_step_is_done_after_its_time_and_its_transactions()
    {
        RolloutPlan plan = Plan([new RolloutStep { Shadow = new ShadowStep { Duration = Duration.Hours(1), MinSamples = 100 } }, new RolloutStep { SetWeight = 5 }]);
        RolloutRow row = Row(plan);

        Assert.Equal(100, row.ShadowPercent);
        Assert.Equal("Shadow", Gate(RolloutMachine.Next(row, Facts(plan) with { ShadowSamples = 100 }, Start.AddMinutes(59))));
        Assert.Equal("Shadow", Gate(RolloutMachine.Next(row, Facts(plan) with { ShadowSamples = 99 }, Start.AddHours(1))));
        RolloutRow next = Moved(RolloutMachine.Next(row, Facts(plan) with { ShadowSamples = 100 }, Start.AddHours(1)));
        Assert.Equal((1, 100), (next.Step, next.ShadowPercent));
        Assert.Equal((2, 5), (Moved(RolloutMachine.Next(next, Facts(plan), Start.AddHours(1))).Step, Moved(RolloutMachine.Next(next, Facts(plan), Start.AddHours(1))).Weight));
    }

    [Fact]
    public void No_automat_goes_beyond_the_share_that_needs_people()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 20 }, new RolloutStep { SetWeight = 50 }]);
        RolloutRow twenty = Moved(RolloutMachine.Next(Row(plan), Facts(plan), Start));

        RolloutNext.Ask ask = Assert.IsType<RolloutNext.Ask>(RolloutMachine.Next(twenty, Facts(plan), Start));
        Assert.Equal(50, ask.Weight);
        RolloutRow asked = twenty with { ApprovalId = Guid.CreateVersion7(Start) };
        Assert.Equal("Approval", Gate(RolloutMachine.Next(asked, Facts(plan) with { Approval = Request(ApprovalStatus.Pending) }, Start)));
        RolloutRow refused = Moved(RolloutMachine.Next(asked, Facts(plan) with { Approval = Request(ApprovalStatus.Rejected) }, Start));
        Assert.Equal((RolloutPhase.Paused, RolloutReasons.Rejected, 20), (refused.Phase, refused.Reason, refused.Weight));
        RolloutRow fifty = Moved(RolloutMachine.Next(asked with { ApprovedStep = 1 }, Facts(plan), Start));
        Assert.Equal(50, fifty.Weight);
        Assert.Equal(RolloutPhase.Promoted, Moved(RolloutMachine.Next(fifty, Facts(plan), Start)).Phase);
    }

    [Fact]
    public void Leaving_steps_out_is_no_way_around_the_people_whom_they_ask()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }, new RolloutStep { Approval = new ApprovalStep { Required = 2, Roles = ["compliance"] } }, new RolloutStep { Approval = new ApprovalStep { Required = 1 } }]);
        RolloutRow skipped = plan.Enter(Row(plan), plan.Steps.Count, Start);

        RolloutNext.Ask ask = Assert.IsType<RolloutNext.Ask>(RolloutMachine.Next(skipped, Facts(plan), Start));

        Assert.Equal((2, 100, "compliance"), (ask.Step.Required, ask.Weight, Assert.Single(ask.Step.Roles!)));
    }

    [Fact]
    public void The_stage_is_the_end_of_the_way()
    {
        RolloutStep[] steps = [new RolloutStep { SetWeight = 5 }];

        Assert.Equal("Stage", Gate(RolloutMachine.Next(Row(Plan(steps, ModelStage.Shadow)), Facts(Plan(steps, ModelStage.Shadow)), Start)));
        RolloutPlan canary = Plan(steps, ModelStage.Canary);
        RolloutRow done = Moved(RolloutMachine.Next(Row(canary), Facts(canary), Start));
        Assert.Equal("Stage", Gate(RolloutMachine.Next(done, Facts(canary), Start)));
        Assert.IsType<RolloutNext.Ask>(RolloutMachine.Next(done, Facts(Plan(steps)), Start));
    }

    [Fact]
    public void Failed_analyses_roll_back_at_their_limit_and_inconclusive_ones_pause()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }, Analysis]);
        RolloutRow row = Moved(RolloutMachine.Next(Row(plan), Facts(plan), Start));

        Assert.Equal("Analysis", Gate(RolloutMachine.Next(row, Facts(plan), Start.AddMinutes(4))));
        Assert.Equal(1, Assert.IsType<RolloutNext.Check>(RolloutMachine.Next(row, Facts(plan), Start.AddMinutes(5))).Step);
        RolloutRow once = RolloutMachine.After(row, plan, 1, [Result(AnalysisVerdict.Fail)], Start.AddMinutes(5));
        Assert.Equal((RolloutPhase.Progressing, 1, 5), (once.Phase, once.Failures, once.Weight));
        RolloutRow twice = RolloutMachine.After(once, plan, 1, [Result(AnalysisVerdict.Fail)], Start.AddMinutes(10));
        Assert.Equal((RolloutPhase.RolledBack, 0, 0, RolloutReasons.AnalysisFailed), (twice.Phase, twice.Weight, twice.ShadowPercent, twice.Reason));

        RolloutRow open = row;
        for (int i = 0; i < 3; i++)
        {
            open = RolloutMachine.After(open, plan, 1, [Result(AnalysisVerdict.Pass), Result(AnalysisVerdict.Inconclusive)], Start.AddMinutes(5 * (i + 1)));
        }

        Assert.Equal((RolloutPhase.Paused, 5, RolloutReasons.Inconclusive), (open.Phase, open.Weight, open.Reason));
        Assert.Equal(2, RolloutMachine.After(row, plan, 1, [Result(AnalysisVerdict.Pass)], Start.AddMinutes(5)).Step);
    }

    [Fact]
    public void A_dry_run_measures_and_stops_nothing()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }, new RolloutStep { Analysis = Analysis.Analysis! with { DryRun = true, FailureLimit = 1 } }]);
        RolloutRow row = Moved(RolloutMachine.Next(Row(plan), Facts(plan), Start));

        Assert.Equal(RolloutPhase.Progressing, RolloutMachine.After(row, plan, 1, [Result(AnalysisVerdict.Fail)], Start).Phase);
        Assert.Equal(2, RolloutMachine.After(row, plan, 1, [Result(AnalysisVerdict.Fail)], Start).Step);
    }

    [Fact]
    public void Checks_go_on_while_people_are_waited_for()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }, Analysis, new RolloutStep { Approval = new ApprovalStep() }]);
        RolloutRow waiting = RolloutMachine.After(Moved(RolloutMachine.Next(Row(plan), Facts(plan), Start)), plan, 1, [Result(AnalysisVerdict.Pass)], Start) with { ApprovalId = Guid.CreateVersion7(Start) };
        RolloutFacts pending = Facts(plan) with { Approval = Request(ApprovalStatus.Pending) };

        Assert.Equal("Approval", Gate(RolloutMachine.Next(waiting, pending, Start.AddMinutes(1))));
        Assert.Equal(1, Assert.IsType<RolloutNext.Check>(RolloutMachine.Next(waiting, pending, Start.AddMinutes(5))).Step);
        RolloutRow worse = RolloutMachine.After(waiting, plan, 1, [Result(AnalysisVerdict.Fail)], Start.AddMinutes(5));
        Assert.Equal(RolloutPhase.RolledBack, RolloutMachine.After(worse, plan, 1, [Result(AnalysisVerdict.Fail)], Start.AddMinutes(10)).Phase);
        Assert.Equal(2, RolloutMachine.After(waiting, plan, 1, [Result(AnalysisVerdict.Pass)], Start.AddMinutes(5)).Step);
        Assert.Equal(RolloutPhase.Progressing, Enumerable.Range(1, 9).Aggregate(waiting, (row, i) => RolloutMachine.After(row, plan, 1, [Result(AnalysisVerdict.Inconclusive)], Start.AddMinutes(5 * i))).Phase);
    }

    [Theory]
    [InlineData(RolloutFailureAction.Rollback, nameof(RolloutPhase.RolledBack))]
    [InlineData(RolloutFailureAction.Pause, nameof(RolloutPhase.Paused))]
    public void A_step_that_takes_too_long_has_failed(RolloutFailureAction action, string expected)
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }, new RolloutStep { Approval = new ApprovalStep() }], onFailure: action);
        RolloutRow row = Moved(RolloutMachine.Next(Row(plan), Facts(plan), Start)) with { ApprovalId = Guid.CreateVersion7(Start) };

        Assert.Equal("Approval", Gate(RolloutMachine.Next(row, Facts(plan), Start.AddHours(168))));
        RolloutRow late = Moved(RolloutMachine.Next(row, Facts(plan), Start.AddHours(169)));
        Assert.Equal((expected, RolloutReasons.DeadlineExceeded), (late.Phase.ToString(), late.Reason));
    }

    [Fact]
    public void The_kill_switch_goes_before_everything_and_another_rollout_before_this_one()
    {
        RolloutPlan plan = Plan([new RolloutStep { SetWeight = 5 }]);

        Assert.Equal(RolloutPhase.RolledBack, Moved(RolloutMachine.Next(Row(plan) with { Phase = RolloutPhase.Paused }, Facts(plan) with { KillSwitch = true, BusyWith = "x" }, Start)).Phase);
        Assert.Equal("Routing", Gate(RolloutMachine.Next(Row(plan), Facts(plan) with { BusyWith = "ABExperiment/x" }, Start)));
    }

    [Fact]
    public void A_stage_without_written_steps_has_those_that_it_means()
    {
        ModelVersionSpec spec = new() { Model = "fraud", Version = "2.0.0", Artifact = new ModelArtifactSpec { Uri = "", Digest = "sha256:1" } };

        Assert.Equal(100, RolloutPlan.Of(spec with { Stage = ModelStage.Shadow })!.ShadowPercentAt(0));
        Assert.Equal(RolloutPlan.UnsaidWeight, RolloutPlan.Of(spec with { Stage = ModelStage.Canary })!.Steps[0].SetWeight);
        Assert.Null(RolloutPlan.Of(spec with { Stage = ModelStage.Production }));
        Assert.Null(RolloutPlan.Of(spec with { Stage = ModelStage.Validated }));
    }

    private static RolloutPlan Plan(RolloutStep[] steps, ModelStage stage = ModelStage.Production, RolloutFailureAction onFailure = RolloutFailureAction.Rollback) => RolloutPlan.Of(new ModelVersionSpec
    {
        Model = "fraud",
        Version = "2.0.0",
        Artifact = new ModelArtifactSpec { Uri = "finobs://sha256:1", Digest = "sha256:1" },
        Stage = stage,
        Rollout = new RolloutSpec { Steps = steps, OnFailure = onFailure },
    })!;

    private static RolloutRow Row(RolloutPlan plan) => plan.Enter(
        new RolloutRow
        {
            Uid = "u",
            Namespace = "default",
            Name = "fraud-2.0.0",
            Model = "fraud",
            Version = "2.0.0",
            VersionId = 2,
            StepHash = plan.StepHash,
            StartedAt = Start,
            StepStartedAt = Start,
            WeightSince = Start,
            ShadowSince = Start,
            Reason = RolloutReasons.Started,
            Detail = "",
            ChangedAt = Start,
            Generation = 1,
        },
        0,
        Start);

    private static RolloutFacts Facts(RolloutPlan plan) => new() { Plan = plan };

    private static RolloutRow Moved(RolloutNext next) => Assert.IsType<RolloutNext.Move>(next).To;

    private static string? Gate(RolloutNext next) => Assert.IsType<RolloutNext.Wait>(next).Gate;

    private static AnalysisResult Result(AnalysisVerdict verdict) => new() { Metric = RolloutMetric.AlertRate, Value = 0.01m, Samples = 1000, Verdict = verdict, At = Start };

    private static ApprovalRequestRow Request(ApprovalStatus status) => new()
    {
        Id = Guid.CreateVersion7(Start),
        Namespace = "default",
        Action = "model.promote",
        Target = "u",
        Summary = "",
        Payload = [],
        BoundHash = "",
        RequestedBy = "",
        Reason = "",
        Excluded = "",
        Chain = "[]",
        WaitsFor = "",
        Status = status,
        CreatedAt = Start,
        ExpiresAt = Start,
    };
}
