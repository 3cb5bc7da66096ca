using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FinObs.DataPlane.Tests.Outbox;

public class EventRetentionTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Events_older_than_a_week_go_and_their_ids_never_come_again(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        var (log, retention) = (new EventLog(audit.Database), new EventRetention(audit.Database, [], audit.Time, NullLogger<EventRetention>.Instance));
        await audit.CommitAsync(audit.Act("old", topic: "decision.made"), audit.Act("old too", topic: "decision.made"));
        await audit.SequenceAsync();
        audit.Time.Advance(TimeSpan.FromDays(6));
        await audit.CommitAsync(audit.Act("young", topic: "decision.made"));
        await audit.SequenceAsync();
        Assert.Equal(0, await retention.PruneAsync(audit.Stop));

        audit.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, await retention.PruneAsync(audit.Stop));
        Assert.Equal(new EventBounds(3, 3), await log.BoundsAsync("default", audit.Stop));

        audit.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await retention.PruneAsync(audit.Stop));
        Assert.Equal(new EventBounds(4, 3), await log.BoundsAsync("default", audit.Stop));
        await audit.CommitAsync(audit.Act("new", topic: "decision.made"));
        await audit.SequenceAsync();
        Assert.Equal([4L], (await log.ReadAsync("default", 0, 10, audit.Stop)).Select(e => e.EventId));
    }

    [Fact]
    public async Task What_somebody_has_yet_to_read_outlives_the_week()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var reader = new Reader();
        var retention = new EventRetention(audit.Database, [reader], audit.Time, NullLogger<EventRetention>.Instance);
        await audit.CommitAsync(audit.Act("read", topic: "decision.made"));
        await audit.SequenceAsync();
        await audit.CommitAsync(audit.Act("not read", topic: "decision.made"));
        await audit.SequenceAsync();
        audit.Time.Advance(TimeSpan.FromDays(30));

        Assert.Equal(1, await retention.PruneAsync(audit.Stop));
        reader.Last = null;
        Assert.Equal(1, await retention.PruneAsync(audit.Stop));
    }

    private sealed class Reader : IEventReader
    {
        public long? Last { get; set; } = 1;

        public Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken) => Task.FromResult(Last);
    }
}
