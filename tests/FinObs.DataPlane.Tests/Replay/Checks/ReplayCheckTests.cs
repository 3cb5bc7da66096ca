using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Replay;
using FinObs.DataPlane.Replay.Checks;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Tests.Monitoring;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Replay.Checks;

/// <summary>The sample of a day.</summary>
public sealed class ReplayCheckTests
{
    private const int Seed = 20260302;

    private static readonly DateTimeOffset Due = new(2026, 3, 2, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_day_on_which_nothing_was_touched_is_bit_equal_and_kept_once(DatabaseKind kind)
    {
        await using MonitoringWorld world = await DayAsync(kind, ("Replay:Sample", "150"));

        ReplayCheckRow check = Assert.Single(await RunAsync(world));
        Assert.Equal((200L, 150, 150, 0, 0), (check.Decisions, check.Sampled, check.BitEqual, check.Wrong, check.DecisionsChanged));
        Assert.Equal((0.0, "", null), (check.LargestMarginDelta, check.Examples, check.Problem));
        Assert.Empty(await RunAsync(world));
        Assert.Single(await world.Slice.Get<ReplayChecks>().PageAsync("default", null, 10, Stop));
        Assert.DoesNotContain(await world.Slice.EventsAsync(), item => item.Topic == ReplayCheckRow.Mismatch);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_score_that_somebody_changed_in_the_database_is_found_counted_and_becomes_a_case(DatabaseKind kind)
    {
        await using MonitoringWorld world = await DayAsync(kind);
        DecisionRow victim = (await world.DecisionsAsync()).First(row => row.Id > Partitions.FirstIdAt(Due.AddDays(-1)) && row.Score > 0.5);
        await ReplayWorld.MoveScoreAsync(world, victim, -0.4);
        ConcurrentDictionary<string, long> counted = [];
        using MeterListener listener = Listen(counted);

        ReplayCheckRow check = Assert.Single(await RunAsync(world));

        Assert.Equal((200, 199, 1, 0), (check.Sampled, check.BitEqual, check.Mismatched, check.Failed));
        Assert.Equal(victim.Id.ToString(), check.Examples);
        Assert.True(counted[ReplayMetrics.CheckedName] >= 200 && counted[ReplayMetrics.MismatchedName] >= 1);
        Assert.Equal(check.Id, Assert.Single(await world.Slice.EventsAsync(), item => item.Topic == ReplayCheckRow.Mismatch).SubjectId);
        while (await world.Slice.Get<CaseConsumer>().RunAsync(Stop) > 0)
        {
            // Until all events are seen.
        }

        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        CaseRow opened = await db.Cases.SingleAsync(row => row.Source == CaseSources.Replay, Stop);
        Assert.Contains(victim.Id.ToString(), opened.Description, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task However_many_replicas_try_a_version_has_one_check_a_night(DatabaseKind kind)
    {
        await using MonitoringWorld world = await DayAsync(kind);

        IReadOnlyList<ReplayCheckRow>[] made = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => world.Slice.Get<ReplayChecks>().RunAsync(Due, Seed + i, Stop))));

        Assert.Single(made.SelectMany(rows => rows));
        Assert.Single(await world.Slice.LeavesAsync(ReplayCheckRow.Kind));
        await world.Slice.VerifyAsync();
    }

    [Fact]
    public async Task Every_decision_of_the_day_has_the_same_chance_and_one_seed_draws_the_same()
    {
        await using MonitoringWorld world = await DayAsync(DatabaseKind.Sqlite);
        ReplaySample sample = ActivatorUtilities.CreateInstance<ReplaySample>(world.Slice.Services, Options.Create(new ReplayOptions { Sample = 20 }));
        Dictionary<Guid, int> drawn = [];
        const int Draws = 500;
        for (int seed = 0; seed < Draws; seed++)
        {
            DrawnDecisions one = Assert.Single(await sample.DrawAsync(Due.AddDays(-1), Due, seed, Stop)).Value;
            Assert.Equal((200L, 20, 20), (one.Decisions, one.Ids.Count, one.Ids.Distinct().Count()));
            foreach (Guid id in one.Ids)
            {
                drawn[id] = drawn.GetValueOrDefault(id) + 1;
            }
        }

        // Chi-squared with 199 degrees of freedom, made smaller by drawing without replacement; 0.9999 quantile of the unreduced: about 281.
        double expected = Draws * 20 / 200.0;
        Assert.Equal(200, drawn.Count);
        Assert.True(drawn.Values.Sum(count => (count - expected) * (count - expected) / expected) < 281);
        Assert.Equal((await sample.DrawAsync(Due.AddDays(-1), Due, 7, Stop)).Single().Value.Ids, (await sample.DrawAsync(Due.AddDays(-1), Due, 7, Stop)).Single().Value.Ids);
    }

    [Fact]
    public async Task The_worker_makes_up_for_the_last_day_at_its_start_and_goes_on_at_night()
    {
        await using MonitoringWorld world = await DayAsync(DatabaseKind.Sqlite);
        using ReplayCheckWorker worker = ActivatorUtilities.CreateInstance<ReplayCheckWorker>(world.Slice.Services);
        await worker.StartAsync(Stop);
        List<ReplayCheckRow> first = await UntilAsync(world, 1);

        await world.SendAsync(30);
        world.Slice.Time.Advance(Due.AddDays(1).AddMinutes(2) - world.Slice.Time.GetUtcNow());
        List<ReplayCheckRow> second = await UntilAsync(world, 2);

        await worker.StopAsync(Stop);
        Assert.Equal((Due, 200L), (first[0].DueAt, first[0].Decisions));
        Assert.Equal((Due.AddDays(1), 30L), (second[0].DueAt, second[0].Decisions));
    }

    [Theory]
    [InlineData("2026-03-02T03:00:59Z", 3, "2026-03-01T03:00:00Z")]
    [InlineData("2026-03-02T03:01:00Z", 3, "2026-03-02T03:00:00Z")]
    [InlineData("2026-03-02T23:59:00Z", 3, "2026-03-02T03:00:00Z")]
    [InlineData("2026-03-02T00:00:00Z", 0, "2026-03-01T00:00:00Z")]
    public void A_day_is_due_a_minute_after_its_end(string now, int hour, string due) => Assert.Equal(DateTimeOffset.Parse(due), ReplayCheckWorker.DueAt(DateTimeOffset.Parse(now), hour));

    /// <summary>200 decisions of the day in four bursts, and some before it that are not of it.</summary>
    private static async Task<MonitoringWorld> DayAsync(DatabaseKind kind, params (string Key, string Value)[] settings)
    {
        MonitoringWorld world = await ReplayWorld.StartAsync(kind, settings);
        await world.SendAsync(5);
        world.Slice.Time.Advance(TimeSpan.FromHours(4));
        for (int burst = 0; burst < 4; burst++)
        {
            await world.SendAsync(50);
            world.Slice.Time.Advance(TimeSpan.FromHours(5));
        }

        world.Slice.Time.Advance(Due.AddMinutes(2) - world.Slice.Time.GetUtcNow());
        return world;
    }

    private static async Task<List<ReplayCheckRow>> UntilAsync(MonitoringWorld world, int count)
    {
        List<ReplayCheckRow> rows;
        do
        {
            rows = await world.Slice.Get<ReplayChecks>().PageAsync("default", null, 10, Stop);
        }
        while (rows.Count < count);
        return rows;
    }

    private static Task<IReadOnlyList<ReplayCheckRow>> RunAsync(MonitoringWorld world) => world.Slice.Get<ReplayChecks>().RunAsync(Due, Seed, Stop);

    /// <summary>Other tests may count beside this one: so at least as many.</summary>
    private static MeterListener Listen(ConcurrentDictionary<string, long> counted)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == FinObsTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.Length == 1 && tags[0].Value as string == "fraud@1.0.0")
            {
                counted.AddOrUpdate(instrument.Name, value, (_, before) => before + value);
            }
        });
        listener.Start();
        return listener;
    }
}
