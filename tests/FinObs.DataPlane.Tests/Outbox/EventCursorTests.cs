using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;

namespace FinObs.DataPlane.Tests.Outbox;

public sealed class EventCursorTests
{
    private const long LockNumber = 20269999;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task It_moves_only_from_where_it_was_read_and_with_its_commit(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await world.SendAsync(3);
        EventCursor cursor = new(world.Slice.Database, "test", LockNumber), other = new(world.Slice.Database, "other", LockNumber + 1);
        UnreadEvents unread = Assert.Single(await cursor.BehindAsync(Stop));
        Assert.Null(await cursor.LastReadAsync("default", Stop));

        Assert.True(await MoveAsync(world, cursor, 0, unread.Last, commit: false));
        Assert.Null(await cursor.LastReadAsync("default", Stop));
        Assert.True(await MoveAsync(world, cursor, 0, unread.Last, commit: true));
        Assert.False(await MoveAsync(world, cursor, 0, unread.Last, commit: true));

        Assert.Equal(unread.Last, await cursor.LastReadAsync("default", Stop));
        Assert.Empty(await cursor.BehindAsync(Stop));
        Assert.Equal(new UnreadEvents("default", 0, unread.Last), Assert.Single(await other.BehindAsync(Stop)));
    }

    [Fact]
    public async Task One_replica_has_its_turn_at_a_time()
    {
        await using SliceWorld world = await SliceWorld.StartAsync(DatabaseKind.PostgreSql);
        EventCursor one = new(world.Database, "test", LockNumber), same = new(world.Database, "test", LockNumber), other = new(world.Database, "other", LockNumber + 1);
        await using (EventTurn? turn = await one.TakeTurnAsync(Stop))
        {
            Assert.NotNull(turn?.Session);
            Assert.Null(await same.TakeTurnAsync(Stop));
            await using EventTurn? others = await other.TakeTurnAsync(Stop);
            Assert.NotNull(others);
        }

        await using EventTurn? next = await same.TakeTurnAsync(Stop);
        Assert.NotNull(next);
    }

    private static async Task<bool> MoveAsync(MonitoringWorld world, EventCursor cursor, long from, long to, bool commit)
    {
        await using IWriteSession session = await world.Slice.Database.BeginWriteAsync(Stop);
        bool moved = await cursor.MoveAsync(session, "default", from, to, Stop);
        if (commit)
        {
            await session.CommitAsync(Stop);
        }

        return moved;
    }
}
