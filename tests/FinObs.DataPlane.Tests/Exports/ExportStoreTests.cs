using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Exports;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Exports;

/// <summary>Workers that die and replicas that race.</summary>
public class ExportStoreTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Whoever_lost_the_lease_writes_no_more_and_only_the_last_attempts_parts_are_read(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        ExportStore store = Store(audit);
        await store.CreateAsync(Row(audit), audit.Stop);
        ExportRow first = (await store.ClaimAsync(audit.Stop))!;
        Assert.True(await store.AddPartAsync(first, 0, [1], audit.Stop));
        Assert.Null(await store.ClaimAsync(audit.Stop));

        audit.Time.Advance(ExportStore.Lease + TimeSpan.FromSeconds(1));
        ExportRow second = (await store.ClaimAsync(audit.Stop))!;

        Assert.False(await store.AddPartAsync(first, 1, [2], audit.Stop));
        Assert.True(await store.AddPartAsync(second, 0, [3], audit.Stop));
        ExportRow made = second with { Rows = 1, Bytes = 1, Sha256 = "00", Manifest = "{}" };
        await store.FinishAsync(first with { Rows = 9, Bytes = 9, Sha256 = "ff", Manifest = "{}" }, "{}"u8.ToArray(), audit.Stop);
        await store.FinishAsync(made, "{}"u8.ToArray(), audit.Stop);

        ExportRow ready = (await store.FindAsync(made.Id, audit.Stop))!;
        Assert.Equal((ExportStatus.Ready, "00"), (ready.Status, ready.Sha256));
        List<byte[]> parts = [];
        await foreach (byte[] part in store.PartsAsync(ready, audit.Stop)) parts.Add(part);
        Assert.Equal([[3]], parts);
        await using FinObsDbContext db = audit.Database.CreateContext();
        Assert.Equal(1, await db.ExportParts.CountAsync(audit.Stop));
        Assert.Equal(1, await db.AuditLeaves.CountAsync(leaf => leaf.Kind == ExportActs.Made, audit.Stop));
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_schedules_time_makes_one_export_whoever_asks(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        ExportStore store = Store(audit);

        Assert.True(await store.CreateAsync(Row(audit, occurrence: 60), audit.Stop));
        Assert.False(await store.CreateAsync(Row(audit, occurrence: 60), audit.Stop));
        Assert.True(await store.CreateAsync(Row(audit, occurrence: 120), audit.Stop));
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task After_its_time_the_file_goes_and_the_manifest_stays(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        ExportStore store = Store(audit);
        await store.CreateAsync(Row(audit), audit.Stop);
        ExportRow row = (await store.ClaimAsync(audit.Stop))!;
        await store.AddPartAsync(row, 0, [1], audit.Stop);
        await store.FinishAsync(row with { Rows = 1, Bytes = 1, Sha256 = "00", Manifest = "{}" }, "{}"u8.ToArray(), audit.Stop);

        Assert.Equal(0, await store.ExpireAsync(audit.Stop));
        audit.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await store.ExpireAsync(audit.Stop));

        ExportRow expired = (await store.FindAsync(row.Id, audit.Stop))!;
        Assert.Equal((ExportStatus.Expired, "{}"), (expired.Status, expired.Manifest));
        await using FinObsDbContext db = audit.Database.CreateContext();
        Assert.Equal(0, await db.ExportParts.CountAsync(audit.Stop));
    }

    private static ExportStore Store(AuditHarness audit) =>
        new(audit.Database, new AuditedCommit(audit.Database, audit.Composer, new FinObs.DataPlane.Outbox.OutboxSignal(), audit.Time), Options.Create(new ExportOptions()));

    private static ExportRow Row(AuditHarness audit, long? occurrence = null) => new()
    {
        Id = Guid.CreateVersion7(audit.Time.GetUtcNow()),
        Namespace = "default",
        Type = "audit",
        Format = "csv",
        Scope = """{"filters":{},"from":null,"to":"2026-01-02T03:04:05.000000Z"}""",
        Personal = false,
        Status = ExportStatus.Pending,
        RequestedBy = "local",
        RequestedAt = audit.Time.GetUtcNow(),
        Schedule = occurrence is null ? null : "nightly",
        Occurrence = occurrence,
    };
}
