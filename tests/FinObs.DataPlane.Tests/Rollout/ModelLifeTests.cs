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

    private const string Hasty = """{"steps":[{"setWeight":20},{"analysis":{"metrics":[{"name":"AlertRate","max":"0.05"}],"interval":"30m","minSamples":20,"inconclusiveLimit":100}}]}""";

    /// <summary>docs/drift.md: what is found at all in simulated traffic is found within 25 hours in the median; the window is a day.</summary>
    private static readonly TimeSpan StatedDelay = TimeSpan.FromHours(25);

    [Fact]
    public async Task Traffic_changes_and_the_candidate_trained_for_it_is_promoted_by_two_people_and_a_bad_one_goes_by_itself()
    {
        await using ModelLifeWorld world = await ModelLifeWorld.StartAsync(DatabaseKind.PostgreSql);

        // A calm month fills the accounts' histories; then a policy watches for a calm day more.
        for (int day = 0; day < 31; day++) await world.DayBeforeAsync();
        await world.ApplyPolicyAsync();
        await world.PassAsync(TimeSpan.FromDays(1));
        List<DriftCheckRow> calm = await world.ChecksAsync();
        Assert.True(calm.Exists(check => check.Judged) && calm.Find(check => check.Breach) is null, calm.Find(check => check.Breach)?.Report);

        // A third of the payments go to people who were never paid before.
        world.Strangers = 0.33;
        DateTimeOffset changed = world.Now;
        DriftCheckRow found = await world.PassUntilAsync(async () => (await world.ChecksAsync()).Find(check => check.Followed.Length > 0), StatedDelay);
        Assert.Equal("fraud@1.0.0", await world.DeciderAsync());

        // The policy asked for a candidate at once, of a week that was mostly calm. A week later it asks again, of one that was not; what comes of it decides nothing.
        RetrainingRunRow early = (await world.TrainAsync())!;
        Assert.Contains(early.Id.ToString(), found.Followed, StringComparison.Ordinal);
        RetrainingRunRow run = await world.PassUntilAsync(world.TrainAsync, TimeSpan.FromDays(8));
        Assert.True(run.Candidate == CandidateOutcome.Registered, await world.ReportAsync(run));
        Assert.Equal("fraud@1.0.0", await world.DeciderAsync());

        string candidate = $"fraud@{run.CandidateVersion}";

        // A person raises its stage: shadow, a share, an analysis.
        await world.RaiseAsync(run.CandidateVersion!, run.ArtifactDigest!, Careful);
        await world.PassUntilAsync(async () => await world.RolloutAsync(run.CandidateVersion!) is { ShadowPercent: 100, Weight: 0 } row ? row : null, TimeSpan.FromHours(1));
        await world.PassUntilAsync(async () => await world.RolloutAsync(run.CandidateVersion!) is { Weight: 20 } row ? row : null, TimeSpan.FromHours(3));
        RolloutRow waiting = await world.PassUntilAsync(async () => await world.RolloutAsync(run.CandidateVersion!) is { ApprovalId: not null } row ? row : null, TimeSpan.FromHours(24));
        Assert.InRange(await world.ShareAsync(candidate), 0.05, 0.4);

        // Whoever asked does not count, one person counts once, two are enough.
        Assert.IsType<ApprovalOutcome.NotYours>(await world.AgreeAsync(waiting.ApprovalId!.Value, new Voter(ModelLifeWorld.Engineer, ["admin"])));
        Assert.IsType<ApprovalOutcome.Counted>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ana", ["compliance"])));
        Assert.IsType<ApprovalOutcome.NotYours>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ana", ["compliance"])));
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(20, (await world.RolloutAsync(run.CandidateVersion!))!.Weight);
        Assert.IsType<ApprovalOutcome.Counted>(await world.AgreeAsync(waiting.ApprovalId.Value, new Voter("user:ben", ["admin"])));
        await world.PassUntilAsync(async () => await world.RolloutAsync(run.CandidateVersion!) is { Phase: RolloutPhase.Promoted } row ? row : null, TimeSpan.FromHours(3));
        Assert.Equal(candidate, await world.DeciderAsync());

        // The next one alerts on everything, and its analysis takes it away.
        await world.RaiseAsync("1.0.9", (await world.UploadAsync("1.0.9")).Digest, Hasty, reviewAt: "0.0001");
        RolloutRow gone = await world.PassUntilAsync(async () => await world.RolloutAsync("1.0.9") is { Phase: RolloutPhase.RolledBack } row ? row : null, TimeSpan.FromHours(12));
        Assert.Equal(RolloutReasons.AnalysisFailed, gone.Reason);
        Assert.Equal(0, await world.ShareAsync("fraud@1.0.9"));
        Assert.Equal(candidate, await world.DeciderAsync());

        Assert.Equal(0, world.Unanswered);
        TestContext.Current.SendDiagnosticMessage(
            $"Found {found.DueAt - changed} after the change, {world.Answered} transactions answered and none not; the bad version's analysis, rollback and new route took {world.LastRollback.TotalMilliseconds:0} ms.");
        await world.Slice.VerifyAsync();
    }
}
