using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>The whole story of a model in one piece: its traffic changes, that is found, a candidate is trained, shadowed, tried on a share, judged, agreed to by two people, and decides; a bad one does not.</summary>
public sealed class ModelLifeTests
{
    private const string Careful = """
        {"steps":[
          {"shadow":{"duration":"1h","minSamples":100}},
          {"setWeight":20},
          {"analysis":{"metrics":[{"name":"AlertRate","max":"0.05"},{"name":"ErrorRate","max":"0.01"}],"interval":"30m","minSamples":50,"inconclusiveLimit":100}},
          {"approval":{"required":2,"roles":["compliance","admin"]}},
          {"setWeight":60},
          {"pause":{"duration":"1h"}}]}
        """;

    private const string Hasty = """{"steps":[{"setWeight":20},{"analysis":{"metrics":[{"name":"AlertRate","max":"0.05"}],"interval":"10m","minSamples":20,"inconclusiveLimit":100}}]}""";

    /// <summary>docs/drift.md: amounts × 3 are found after 17 hours in the median of simulated traffic; a day is the window.</summary>
    private static readonly TimeSpan StatedDelay = TimeSpan.FromHours(24);

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Traffic_changes_and_the_candidate_trained_for_it_is_promoted_by_two_people_and_a_bad_one_goes_by_itself(DatabaseKind kind)
    {
        await using ModelLifeWorld world = await ModelLifeWorld.StartAsync(kind);

        // A calm month fills the accounts' histories; then a policy watches for two calm days more.
        for (int day = 0; day < 31; day++) await world.DayBeforeAsync();
        await world.ApplyPolicyAsync();
        await world.PassAsync(TimeSpan.FromDays(2));
        List<DriftCheckRow> calm = await world.ChecksAsync();
        Assert.True(calm.Exists(check => check.Judged) && calm.Find(check => check.Breach) is null, calm.Find(check => check.Breach)?.Report);

        // Everything costs three times as much.
        world.Factor = 3;
        DateTimeOffset changed = world.Now;
        DriftCheckRow found = await world.PassUntilAsync(async () => (await world.ChecksAsync()).Find(check => check.Followed.Length > 0), StatedDelay);
        Assert.Equal("fraud@1.0.0", await world.DeciderAsync());

        // The policy asked for a candidate; it is there, and decides nothing.
        RetrainingRunRow run = await world.TrainAsync();
        Assert.Contains(run.Id.ToString(), found.Followed, StringComparison.Ordinal);
        Assert.True(run.Candidate == CandidateOutcome.Registered, run.ToString());
        await world.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("fraud@1.0.0", await world.DeciderAsync());

        // A person raises its stage: shadow, a share, an analysis.
        await world.RaiseAsync("1.0.1", run.ArtifactDigest!, Careful);
        await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.1") is { ShadowPercent: 100, Weight: 0 } row ? row : null, TimeSpan.FromHours(1));
        await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.1") is { Weight: 20 } row ? row : null, TimeSpan.FromHours(3));
        RolloutRow waiting = await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.1") is { ApprovalId: not null } row ? row : null, TimeSpan.FromHours(24));
        Assert.InRange(await world.ShareAsync("fraud@1.0.1"), 0.05, 0.4);

        // Whoever asked does not count, one person counts once, two are enough.
        Assert.IsType<ApprovalOutcome.NotYours>(await world.AgreeAsync(waiting.ApprovalId!.Value, new Voter(ModelLifeWorld.Engineer, ["admin"])));
        Assert.IsType<ApprovalOutcome.Counted>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ana", ["compliance"])));
        Assert.IsType<ApprovalOutcome.NotYours>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ana", ["compliance"])));
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(20, (await world.RolloutAsync("1.0.1"))!.Weight);
        Assert.IsType<ApprovalOutcome.Counted>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ben", ["admin"])));
        await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.1") is { Phase: RolloutPhase.Promoted } row ? row : null, TimeSpan.FromHours(3));
        Assert.Equal("fraud@1.0.1", await world.DeciderAsync());

        // The next one alerts on everything, and its analysis takes it away.
        await world.RaiseAsync("1.0.2", (await world.UploadAsync("1.0.2")).Digest, Hasty, reviewAt: "0.0001");
        RolloutRow gone = await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.2") is { Phase: RolloutPhase.RolledBack } row ? row : null, TimeSpan.FromHours(6));
        Assert.Equal(RolloutReasons.AnalysisFailed, gone.Reason);
        await world.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(0, await world.ShareAsync("fraud@1.0.2"));
        Assert.Equal("fraud@1.0.1", await world.DeciderAsync());

        Assert.Equal(0, world.Unanswered);
        TestContext.Current.SendDiagnosticMessage(
            $"{kind}: found {found.DueAt - changed} after the change, {world.Answered} transactions answered and none not; the bad version's analysis, rollback and new route took {world.LastRollback.TotalMilliseconds:0} ms.");
        await world.Slice.VerifyAsync();
    }
}
