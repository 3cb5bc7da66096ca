using System.Globalization;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Retraining.Candidates;
using FinObs.DataPlane.Retraining.Local;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Retraining;

/// <summary>The life of a run, in a time that passes when the test says so.</summary>
public sealed class RetrainingRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Asked_twice_with_one_key_there_is_one_run(DatabaseKind kind)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(kind);
        IRetrainingTrigger trigger = world.Get<IRetrainingTrigger>();
        DateTimeOffset to = world.Time.GetUtcNow(), from = to.AddDays(-1);

        Guid[] ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => trigger.RequestAsync("default", "m", "amount@1 drifts", from, to, "policy/1", Cancel)));
        Guid other = await trigger.RequestAsync("default", "m", "amount@1 drifts", from, to, "policy/2", Cancel);

        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], other);
        Assert.Equal(2, (await world.LeavesAsync(RetrainingChangeRow.Kind)).Count);
        Assert.Equal(TrainingTrigger.Drift, (await world.Get<RetrainingRuns>().FindAsync(ids[0], Cancel))!.Trigger);
        await world.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_worker_that_falls_silent_loses_the_run_to_the_next_and_the_last_attempt_fails_it(DatabaseKind kind)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(kind, settings: ("Retraining:MaxAttempts", "2"));
        RunClaims claims = world.Get<RunClaims>();
        RetrainingRunRow run = await QueueAsync(world);

        RetrainingRunRow first = (await claims.TakeAsync(run.Id, "one", Cancel))!;
        Assert.Null(await claims.TakeAsync(run.Id, "two", Cancel));
        Assert.True(await claims.ProgressAsync(run.Id, first.Lease!, 0.5, "training", Cancel));
        world.Time.Advance(TimeSpan.FromMinutes(3));
        RetrainingRunRow second = (await claims.TakeAsync(run.Id, "two", Cancel))!;

        Assert.Equal((2, first.CandidateVersion), (second.Attempt, second.CandidateVersion));
        Assert.False(await claims.ProgressAsync(run.Id, first.Lease!, 0.6, "training", Cancel));
        Assert.IsType<ResultOutcome.Late>(await world.Get<RunResults>().TakeAsync(run.Id, new RunResult(first.Lease!, "late", null, null), "one", Cancel));
        world.Time.Advance(TimeSpan.FromMinutes(3));
        await claims.SweepAsync(Cancel);
        RetrainingRunRow over = (await world.Get<RetrainingRuns>().FindAsync(run.Id, Cancel))!;
        Assert.Equal(RunState.Failed, over.State);
        Assert.Contains("2 workers fell silent", over.Failure, StringComparison.Ordinal);
        await world.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_cancelled_run_hears_no_worker_any_more(DatabaseKind kind)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(kind);
        RetrainingRunRow run = await QueueAsync(world);
        string lease = (await world.Get<RunClaims>().TakeAsync(run.Id, "one", Cancel))!.Lease!;

        Assert.True((await world.Get<RetrainingRequests>().CancelAsync(run.Id, "user:1", "not now", Cancel))!.Value.IsCancelled);

        Assert.False(await world.Get<RunClaims>().ProgressAsync(run.Id, lease, 0.5, null, Cancel));
        Assert.IsType<ResultOutcome.Late>(await world.Get<RunResults>().TakeAsync(run.Id, new RunResult(lease, null, """{"gate":{"passed":false}}""", null), "one", Cancel));
        Assert.False((await world.Get<RetrainingRequests>().CancelAsync(run.Id, "user:1", null, Cancel))!.Value.IsCancelled);
        Assert.Equal(RunState.Cancelled, (await world.Get<RetrainingRuns>().FindAsync(run.Id, Cancel))!.State);
        await world.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task The_clock_asks_once_a_period_and_only_where_nobody_else_did(DatabaseKind kind)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(kind, settings: ("Models:Artifact", TestDataPlane.ModelFolder));
        RetrainingSchedule schedule = world.Get<RetrainingSchedule>();
        RetrainingRuns runs = world.Get<RetrainingRuns>();
        world.Time.Advance(TimeSpan.FromDays(6));
        await schedule.RunAsync(Cancel);
        Assert.Empty(await runs.OpenAsync(10, Cancel));

        world.Time.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(schedule.RunAsync(Cancel), schedule.RunAsync(Cancel));
        await schedule.RunAsync(Cancel);
        Assert.Equal(TrainingTrigger.Schedule, Assert.Single(await runs.OpenAsync(10, Cancel)).Trigger);

        world.Time.Advance(TimeSpan.FromDays(8));
        await schedule.RunAsync(Cancel);
        Assert.Equal(2, (await runs.OpenAsync(10, Cancel)).Count);
    }

    [Fact]
    public async Task A_run_that_is_not_over_in_time_fails()
    {
        await using SliceWorld world = await SliceWorld.StartAsync(DatabaseKind.Sqlite, settings: ("Retraining:Deadline", "01:00:00"));
        RetrainingRunRow run = await QueueAsync(world);
        string lease = (await world.Get<RunClaims>().TakeAsync(run.Id, "one", Cancel))!.Lease!;
        world.Time.Advance(TimeSpan.FromHours(2));

        Assert.False(await world.Get<RunClaims>().ProgressAsync(run.Id, lease, 0.5, null, Cancel));
        Assert.Equal(RunState.Failed, (await world.Get<RetrainingRuns>().FindAsync(run.Id, Cancel))!.State);
    }

    [Theory]
    [InlineData("""{"gate":{}}""")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("""{"gate":{"passed":true}}""")]
    public async Task A_result_without_verdict_or_artifact_is_not_taken_and_the_run_goes_on(string report)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(DatabaseKind.Sqlite);
        RetrainingRunRow run = await QueueAsync(world);
        string lease = (await world.Get<RunClaims>().TakeAsync(run.Id, "one", Cancel))!.Lease!;

        Assert.IsType<ResultOutcome.Invalid>(await world.Get<RunResults>().TakeAsync(run.Id, new RunResult(lease, null, report, null), "one", Cancel));
        Assert.True(await world.Get<RunClaims>().ProgressAsync(run.Id, lease, 0.5, null, Cancel));
    }

    [Fact]
    public async Task A_refused_candidate_is_a_run_that_succeeded()
    {
        await using SliceWorld world = await SliceWorld.StartAsync(DatabaseKind.Sqlite);
        RetrainingRunRow run = await QueueAsync(world);
        string lease = (await world.Get<RunClaims>().TakeAsync(run.Id, "one", Cancel))!.Lease!;

        await world.Get<RunResults>().TakeAsync(run.Id, new RunResult(lease, null, """{"gate":{"passed":false}}""", null), "one", Cancel);
        RetrainingRunRow over = (await world.Get<RetrainingRuns>().FindAsync(run.Id, Cancel))!;
        Assert.Equal((RunState.Succeeded, CandidateOutcome.Refused, null), (over.State, over.Candidate, over.ArtifactDigest));
    }

    /// <summary>A worker's word is not enough: 60 known frauds, and average precision 0.10 below the current version's.</summary>
    [Theory]
    [InlineData(0.30, 60, "by its own figures it was not")]
    [InlineData(1.30, 60, "cannot be")]
    [InlineData(0.40, 9000, "cannot be")]
    public async Task A_candidate_whose_figures_do_not_bear_out_its_verdict_is_refused(double precision, int frauds, string why)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(DatabaseKind.Sqlite);
        RetrainingRunRow run = await QueueAsync(world);
        string lease = (await world.Get<RunClaims>().TakeAsync(run.Id, "one", Cancel))!.Lease!;

        await world.Get<RunResults>().TakeAsync(run.Id, new RunResult(lease, null, Report(precision, frauds), "sha256:" + new string('a', 64)), "one", Cancel);
        RetrainingRunRow over = (await world.Get<RetrainingRuns>().FindAsync(run.Id, Cancel))!;
        Assert.Equal((RunState.Succeeded, CandidateOutcome.Refused, null), (over.State, over.Candidate, over.ArtifactDigest));
        Assert.Contains(why, ReportedGate.Of(Report(precision, frauds))!.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_that_follows_from_its_figures_is_taken() => Assert.Equal(new ReportedGate(true, null, "sha256:b"), ReportedGate.Of(Report(0.39, 60)));

    [Theory]
    [InlineData("1.0.0", "1.0.1")]
    [InlineData("2.3.9", "2.3.10")]
    [InlineData("1.2.3-rc.1+build", "1.2.4")]
    internal void The_next_version_is_the_next_patch(string version, string next) => Assert.Equal(next, CandidateVersions.After(version));

    private static string Report(double precision, int frauds) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        {"candidate":{{Metrics(precision)}},"parent":{{Metrics(0.40)}},"labelledHoldOutRows":5000,"holdOutFrauds":{{frauds}},"gate":{"passed":true,"rule":"average-precision","reason":"?"},"artifactDigest":"sha256:b"}
        """);

    private static string Metrics(double precision) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"averagePrecision":{{precision}},"auc":0.9,"recallAt1Percent":0.5,"precisionAt100":0.5,"alertRate":0.01,"expectedAlertRate":0.01,"blockRate":0.001,"scorePsi":0.02,"reconstructionShift":0.1}""");

    private static async Task<RetrainingRunRow> QueueAsync(SliceWorld world)
    {
        WindowRequest window = new("default", "m", null, null, null, "user:1");
        return (await world.Get<RetrainingRequests>().RequestAsync(new RunRequest(window, TrainingTrigger.Manual, "Asked for.", null), Cancel)).Run;
    }
}
