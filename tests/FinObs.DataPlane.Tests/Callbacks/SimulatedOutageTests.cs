using System.Text.Json.Nodes;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>Days pass in seconds: what was sent is what was received and the dead letters, together and no more.</summary>
public sealed class SimulatedOutageTests
{
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    /// <summary>SQLite does its work within the call that lets time pass, so that its days take longer.</summary>
    [Theory]
    [InlineData(DatabaseKind.PostgreSql, 24)]
    [InlineData(DatabaseKind.Sqlite, 4)]
    internal async Task After_hours_of_outage_everything_arrives(DatabaseKind kind, int hours)
    {
        await using SimulatedWorld world = await SimulatedWorld.StartAsync(kind);

        // Minutes pass in a millisecond: no answer is fast enough for an ordinary timeout.
        await world.ApplyAsync(spec => spec["delivery"] = new JsonObject { ["timeout"] = "24h" });
        world.Sink.AnswerStatus(500);
        List<Guid> sent = [];
        DateTimeOffset end = world.Time.GetUtcNow().AddHours(hours);
        await world.PassAsync(QuarterHour, async () =>
        {
            if (sent.Count < 200)
            {
                sent.AddRange(await world.DecideAsync(20));
            }

            return world.Time.GetUtcNow() >= end && await world.CountAsync("SELECT last_event_id FROM event_cursors WHERE reader = 'callbacks'") == sent.Count;
        });
        HashSet<string> refused = [.. world.Sink.All.Select(received => received.Id)];

        world.Sink.AnswerStatus(204);
        int before = world.Sink.All.Count;
        await world.PassAsync(QuarterHour, async () => await world.CountAsync("SELECT COUNT(*) FROM callback_deliveries") == 0);

        string[] arrived = [.. world.Sink.All.Skip(before).Select(received => received.Id)];
        string[] dead = await DeadAsync(world);
        Assert.Equal(200, sent.Count);
        Assert.Equal(200, arrived.Distinct().Count() + dead.Length);
        Assert.Empty(arrived.Intersect(dead));
        Assert.Empty(refused.Except(arrived.Concat(dead)));
        Assert.Equal(arrived.Length, arrived.Distinct().Count());
        Assert.Equal(arrived.Length, await world.CountAsync("SELECT COALESCE(SUM(count), 0) FROM callback_counts WHERE outcome = 'Delivered'"));
    }

    [Fact]
    public async Task A_target_that_never_comes_back_is_disabled_and_nothing_is_lost()
    {
        await using SimulatedWorld world = await SimulatedWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync(spec => spec["disableAfter"] = "12h");
        world.Sink.AnswerStatus(500);
        await world.DecideAsync(50);

        await world.PassAsync(QuarterHour, async () => await world.CountAsync("SELECT COUNT(*) FROM callback_dead_letters") == 50);

        Assert.Equal(1, await world.CountAsync("SELECT COUNT(*) FROM callback_acts WHERE act = 'callback.disabled'"));
        Assert.Equal(0, await world.CountAsync("SELECT COUNT(*) FROM callback_deliveries"));
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_and_back_leaves_nothing_waiting()
    {
        await using SimulatedWorld world = await SimulatedWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync();
        world.Sink.AnswerStatus(503);
        await world.DecideAsync(5);
        await world.PassAsync(TimeSpan.FromSeconds(1), async () => await world.CountAsync("SELECT COUNT(*) FROM callback_deliveries WHERE attempts > 0") == 5);

        // Scheduled by a clock that was years ahead.
        await using (FinObsDbContext db = world.Database.CreateContext())
        {
            DateTimeOffset ahead = world.Time.GetUtcNow().AddYears(3);
            await db.CallbackDeliveries.ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, ahead), TestContext.Current.CancellationToken);
        }

        world.Sink.AnswerStatus(204);
        DateTimeOffset start = world.Time.GetUtcNow();
        await world.PassAsync(TimeSpan.FromSeconds(1), async () => await world.CountAsync("SELECT COUNT(*) FROM callback_deliveries") == 0);
        Assert.True(world.Time.GetUtcNow() - start < TimeSpan.FromHours(1));
    }

    private static async Task<string[]> DeadAsync(SimulatedWorld world)
    {
        await using FinObsDbContext db = world.Database.CreateContext();
        return [.. (await db.CallbackDeadLetters.Select(row => row.Id).ToListAsync(TestContext.Current.CancellationToken)).Select(CallbackIds.Text)];
    }
}
