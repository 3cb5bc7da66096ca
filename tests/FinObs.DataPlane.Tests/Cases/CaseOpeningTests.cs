using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Cases;

/// <summary>What becomes a case, and that it becomes one once.</summary>
public sealed class CaseOpeningTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Flagged_transactions_are_grouped_by_account_into_the_open_case(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid[] first = await world.SendAsync("a-1", 3);
        await world.SendAsync("a-2", 1, 25_000m);
        await world.SendAsync(null, 2);
        await world.ConsumeAsync();
        await world.SendAsync("a-1", 2);
        await world.ConsumeAsync();

        List<CaseRow> cases = await world.CasesAsync();

        Assert.Equal([1, 2, 3], cases.Select(row => row.Number));
        CaseRow one = cases.Single(row => row.Account == "a-1");
        Assert.Equal((5, CaseSeverity.Medium, CaseStatus.Open, "no_model"), (one.Transactions, one.Severity, one.Status, one.DetectionMethod));
        Assert.Equal(one.OpenedAt + TimeSpan.FromHours(72), one.DueAt);
        Assert.Equal("\nModelUnavailable\n", one.Reasons);
        Assert.Equal((CaseSeverity.High, 25_000d), (cases.Single(row => row.Account == "a-2").Severity, cases.Single(row => row.Account == "a-2").LargestAmount));
        Assert.Equal(2, cases.Single(row => row.Account is null).Transactions);
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        Assert.Equal(8, await db.CaseTransactions.CountAsync(Stop));
        Assert.Equal(one.Id, (await db.CaseTransactions.SingleAsync(row => row.TransactionRef == first[0], Stop)).CaseId);
        Assert.Equal((3, 1), ((await world.Slice.LeavesAsync(CaseKinds.Opened)).Count, (await world.Slice.LeavesAsync(CaseKinds.Grew)).Count));
        Assert.All(await world.Slice.LeavesAsync(CaseKinds.Opened), leaf => Assert.DoesNotContain("\"a-1\"", leaf, StringComparison.Ordinal));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_resolved_case_is_left_alone_and_a_new_one_is_opened(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        await world.SendAsync("a-1");
        await world.ConsumeAsync();
        CaseRow old = await world.CaseOfAsync("a-1");
        await world.DoneAsync(old.Id, new CaseChange.Resolve(CaseOutcomes.Legitimate, "A holiday.", null));
        await world.SendAsync("a-1");
        await world.ConsumeAsync();

        List<CaseRow> cases = await world.CasesAsync();
        Assert.Equal([(old.Id, 1), (cases[1].Id, 1)], cases.Select(row => (row.Id, row.Transactions)));
        Assert.Equal("CASE-000002", cases[1].Name);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Events_that_are_read_again_and_by_several_at_once_become_cases_once(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        for (int i = 0; i < 10; i++)
        {
            await world.SendAsync($"a-{i % 4}", 50);
        }

        await world.Slice.SequenceAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => world.Consumer.RunAsync(Stop))));
        await world.ConsumeAsync();

        // As if the cursor had been lost.
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            await db.EventCursors.ExecuteDeleteAsync(Stop);
        }

        await world.ConsumeAsync();

        List<CaseRow> cases = await world.CasesAsync();
        Assert.Equal([150, 150, 100, 100], cases.OrderBy(row => row.Account, StringComparer.Ordinal).Select(row => row.Transactions));
        Assert.Equal(4, (await world.Slice.LeavesAsync(CaseKinds.Opened)).Count);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_target_that_is_given_up_becomes_a_case_and_an_entry_of_the_compliance_log(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        ResourceKey target = new("default", "CallbackTarget", "siem");

        await world.Slice.Get<TargetActs>().DisableAsync(target, "It failed for 72 hours.", Stop);
        await world.ConsumeAsync();
        await world.Slice.Get<TargetActs>().DisableAsync(target, "It failed again.", Stop);
        await world.ConsumeAsync();

        CaseRow row = Assert.Single(await world.CasesAsync());
        Assert.Equal(("delivery_failing", CaseSources.Callbacks, CaseSeverity.High, "callback:siem"), (row.Type, row.Source, row.Severity, row.OpenKey));
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        List<ComplianceEntryRow> entries = await db.ComplianceLog.OrderBy(entry => entry.Id).ToListAsync(Stop);
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal((ComplianceKinds.CallbackDisabled, "siem"), (entry.EventType, entry.EntityId)));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_later_slice_brings_its_trouble_by_a_source_of_its_own(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind, services => services.AddSingleton<ICaseSource, FakeDrift>());
        await world.Slice.Get<AuditedCommit>().RecordAsync(
            new AuditAct { Namespace = "default", Kind = "trouble.found", At = world.Slice.Time.GetUtcNow(), Actor = "system:drift", Ref = Guid.CreateVersion7(), Payload = "{}"u8.ToArray(), Topic = "trouble.found" }, Stop);

        await world.ConsumeAsync();

        CaseRow row = Assert.Single(await world.CasesAsync());
        Assert.Equal(("model_drift", CaseSources.Drift, CaseSeverity.Critical), (row.Type, row.Source, row.Severity));
        Assert.Equal(row.OpenedAt + TimeSpan.FromHours(4), row.DueAt);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Twenty_who_find_the_same_trouble_at_once_open_one_case(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        CaseOpener opener = world.Slice.Get<CaseOpener>();

        Guid[] ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => opener.OpenAsync(FakeDrift.Found, Stop))));

        Assert.Single(ids.Distinct());
        Assert.Single(await world.CasesAsync());
        Assert.Equal(19, (await world.Slice.LeavesAsync(CaseKinds.Grew)).Count);
    }

    /// <summary>Stands for the trouble that a later slice finds.</summary>
    private sealed class FakeDrift : ICaseSource
    {
        public static readonly NewCase Found = new()
        {
            Namespace = "default",
            Type = "model_drift",
            Key = "drift:card-fraud",
            Title = "card-fraud has drifted",
            Severity = CaseSeverity.Critical,
            Source = CaseSources.Drift,
            DetectionMethod = "psi",
        };

        public string Topic => "trouble.found";

        public Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NewCase>>([.. events.Select(_ => Found)]);
    }
}
