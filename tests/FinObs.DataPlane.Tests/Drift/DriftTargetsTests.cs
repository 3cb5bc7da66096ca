using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>Only what a policy asks for is judged.</summary>
public sealed class DriftTargetsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_no_target_makes_no_breach_and_what_could_not_be_judged_is_said()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        await world.SendAsync(400);
        await MonitoringWorld.DrainAsync(world.NewReplica());

        (_, DriftJudgement features) = await JudgeAsync(world, DriftTarget.Features);
        (_, DriftJudgement quality) = await JudgeAsync(world, DriftTarget.DataQuality);
        (_, DriftJudgement reasons) = await JudgeAsync(world, DriftTarget.ShapAttribution);
        (DriftWindowFigures figures, DriftJudgement labels) = await JudgeAsync(world, DriftTarget.Performance);

        Assert.Contains("share of features", features.BreachedBy);
        Assert.Empty(quality.BreachedBy);
        Assert.Equal(features.Features.Features.Length, quality.Features.Features.Length);
        Assert.Empty(labels.BreachedBy);
        Assert.Contains("Performance: 0 labelled transactions", Assert.Single(figures.LeftOut), StringComparison.Ordinal);
        Assert.Equal(400, reasons.Attribution?.Verdict.Drift.Rows);
        Assert.Equal(reasons.Attribution!.Verdict.Drifts ? ["shap_attribution"] : [], reasons.BreachedBy);
    }

    private static async Task<(DriftWindowFigures Figures, DriftJudgement Judgement)> JudgeAsync(MonitoringWorld world, DriftTarget target)
    {
        DriftPolicySpec spec = new() { ModelRef = new ModelRef { Model = "fraud" }, Targets = [target], Window = new DriftWindow { MinSamples = 100 } };
        DateTimeOffset now = world.Slice.Time.GetUtcNow();
        (DriftWindowFigures figures, DriftJudgement? judgement) = await world.Slice.Get<DriftEvaluator>().EvaluateAsync("default", spec, await world.VersionAsync(), now.AddHours(-1), now.AddHours(1), Stop);
        return (figures, judgement!);
    }
}
