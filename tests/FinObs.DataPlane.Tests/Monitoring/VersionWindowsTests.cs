using System.Data.Common;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Monitoring;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Monitoring;

/// <summary>Windows hold what was decided, each decision once, whoever counts and whoever dies over it.</summary>
public sealed class VersionWindowsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Two_replicas_and_a_kill_between_count_each_decision_once(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        for (int i = 0; i < 6; i++)
        {
            await world.SendAsync(400);
            world.Slice.Time.Advance(TimeSpan.FromMinutes(3));
        }

        // One that dies with its page written and not committed, then two at once, then one that starts anew.
        await Assert.ThrowsAsync<IOException>(() => world.NewReplica(new DyingDatabase(world.Slice.Database)).RunAsync(Stop));
        WindowConsumer[] replicas = [world.NewReplica(), world.NewReplica()];
        await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.RunAsync(Stop))));
        await world.SendAsync(300);
        await MonitoringWorld.DrainAsync(world.NewReplica());

        await AssertEqualsTheLedgerAsync(world);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_window_is_the_buckets_that_start_in_it(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        DateTimeOffset from = world.Slice.Time.GetUtcNow();
        for (int i = 0; i < 4; i++)
        {
            await world.SendAsync(10 + i);
            world.Slice.Time.Advance(TimeSpan.FromMinutes(5));
        }

        await MonitoringWorld.DrainAsync(world.NewReplica());
        long version = await world.VersionAsync();
        WindowCounts all = await world.AllAsync();
        WindowCounts two = await world.Windows.ReadAsync("default", version, WindowRole.Decided, from.AddMinutes(5), from.AddMinutes(15), Stop);

        Assert.Equal((46, 23), (all.Rows, two.Rows));
        WindowCounts rest = await world.AllAsync();
        rest.Subtract(two);
        Assert.Equal((23, 23), (rest.Rows, rest.Counts.Rows));
        Assert.Throws<ArgumentException>(() => two.Subtract(all));
        rest.Merge(two);
        Assert.Equal(all.ToBytes(), rest.ToBytes());
        Assert.Equal(0, (await world.Windows.ReadAsync("other", version, WindowRole.Decided, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Stop)).Rows);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Shadow_scores_are_counted_apart_in_their_callers_commit(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await world.SendAsync(50);
        await MonitoringWorld.DrainAsync(world.NewReplica());
        long version = await world.VersionAsync();
        WindowScore[] scores = [.. (await world.DecisionsAsync()).Select(row => new WindowScore(row.DecidedAt, Decision.Block, row.Score, row.Margin, FeatureBytes.Read(row.Features)))];

        await using (IWriteSession lost = await world.Slice.Database.BeginWriteAsync(Stop))
        {
            await world.Windows.AddShadowAsync(lost, "default", version, scores, Stop);
        }

        Assert.Equal(0, (await world.AllAsync(WindowRole.Shadow)).Rows);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using IWriteSession session = await world.Slice.Database.BeginWriteAsync(Stop);
            await world.Windows.AddShadowAsync(session, "default", version, scores, Stop);
            await session.CommitAsync(Stop);
        })));

        WindowCounts shadow = await world.AllAsync(WindowRole.Shadow), decided = await world.AllAsync();
        Assert.Equal((200, 200, 200), (shadow.Rows, shadow.Blocked, shadow.Counts.Rows));
        Assert.Equal(50, decided.Rows);
        Assert.Equal(decided.AttributionShares(), shadow.AttributionShares());
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Decisions_without_a_model_are_counted_by_their_kind(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind, model: false);
        await world.SendAsync(5);
        await MonitoringWorld.DrainAsync(world.NewReplica());

        WindowCounts window = await world.Windows.ReadAsync("default", WindowBuckets.NoVersion, WindowRole.Decided, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Stop);

        Assert.Equal((5, 5, 5), (window.Rows, window.Review, window.Unscored));
        Assert.Empty(window.ScoreBins.ToArray());
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Buckets_over_their_time_go_and_counts_over_other_bins_are_told(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await world.SendAsync(7);
        world.Slice.Time.Advance(TimeSpan.FromDays(399));
        await world.SendAsync(8);
        await MonitoringWorld.DrainAsync(world.NewReplica());
        world.Slice.Time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(1, await world.Slice.Get<MonitoringWorker>().PruneAsync(Stop));
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            WindowBucketRow there = await db.WindowBuckets.SingleAsync(Stop);
            db.Add(there with { Layout = there.Layout + 1 });
            await db.SaveChangesAsync(Stop);
        }

        WindowCounts window = await world.AllAsync();
        Assert.Equal((16, 8, 8), (window.Rows, window.OtherBins, window.Counts.Rows));
    }

    /// <summary>By what the ledger says, read and binned one by one.</summary>
    private static async Task AssertEqualsTheLedgerAsync(MonitoringWorld world)
    {
        List<DecisionRow> decisions = await world.DecisionsAsync();
        WindowCounts window = await world.AllAsync();
        Assert.Equal(2700, decisions.Count);
        Assert.Equal(
            (decisions.Count(row => row.Decision == Decision.Approve), decisions.Count(row => row.Decision == Decision.Review), decisions.Count(row => row.Decision == Decision.Block)),
            (window.Approved, window.Review, window.Blocked));
        DecisionKinds hours = await world.Windows.KindsAsync("default", await world.VersionAsync(), WindowRole.Decided, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Stop);
        Assert.Equal(new DecisionKinds(window.Approved, window.Review, window.Blocked), hours);
        Assert.Equal((decisions.Count, decisions.Count, 0L), (window.Counts.Rows, window.Explained, window.Unscored + window.OtherBins));
        for (int f = 0; f < window.Layout.Features; f++)
        {
            long[] expected = new long[window.Layout.Bins[f].Counters];
            decisions.ForEach(row => expected[window.Layout.Bins[f].CounterOf(FeatureBytes.Read(row.Features)[f])]++);
            Assert.Equal(expected[..^1], window.Counts.Of(f).ToArray());
        }

        int score = window.Layout.IndexOf(WindowLayout.Score);
        Assert.Equal(
            decisions.GroupBy(row => window.Layout.Bins[score].CounterOf(row.Score!.Value)).OrderBy(group => group.Key).Select(group => (group.Key, (long)group.Count())),
            window.ScoreBins.ToArray().Select((count, bin) => (bin, count)).Where(one => one.count > 0));
        Assert.Equal(1, window.AttributionShares().Sum(), 9);
    }

    /// <summary>Fails in the commit of a page: all was written, and nothing has happened.</summary>
    private sealed class DyingDatabase(IDatabase inner) : IDatabase
    {
        public DatabaseKind Kind => inner.Kind;

        public FinObsDbContext CreateContext() => inner.CreateContext();

        public FinObsDbContext CreateHotContext() => inner.CreateHotContext();

        public Task<DbConnection> OpenHotAsync(CancellationToken cancellationToken) => inner.OpenHotAsync(cancellationToken);

        public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken) => new DyingSession(await inner.BeginWriteAsync(cancellationToken));
    }

    private sealed class DyingSession(IWriteSession inner) : IWriteSession
    {
        public DatabaseKind Kind => inner.Kind;

        public DbConnection Connection => inner.Connection;

        public DbTransaction Transaction => inner.Transaction;

        public Task<int[]> InsertAsync(IReadOnlyList<IBulkRows> tables, CancellationToken cancellationToken) => inner.InsertAsync(tables, cancellationToken);

        public Task CommitAsync(CancellationToken cancellationToken) => throw new IOException("Killed.");

        public void AfterCommit(Action act) => inner.AfterCommit(act);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
