using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Cases;

/// <summary>What people do to a case.</summary>
public sealed class CaseWorkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Each_act_changes_what_it_says_and_leaves_a_leaf_about_the_case(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);
        DateTimeOffset now = world.Slice.Time.GetUtcNow();

        await world.DoneAsync(id, new CaseChange.Assign("user:two"));
        await world.DoneAsync(id, new CaseChange.SetStatus(CaseStatus.Triaged));
        await world.DoneAsync(id, new CaseChange.SetPriority(4));
        await world.DoneAsync(id, new CaseChange.SetSeverity(CaseSeverity.Low, (row, _) => row.OpenedAt + TimeSpan.FromDays(7)));
        await world.DoneAsync(id, new CaseChange.SetDue(now + TimeSpan.FromDays(2), "The branch asks."));
        await world.DoneAsync(id, new CaseChange.Snooze(now + TimeSpan.FromDays(1), "Waits for the customer."));
        await world.DoneAsync(id, new CaseChange.Comment("Called the customer."));
        await world.DoneAsync(id, new CaseChange.SetDetails(null, "cards", "t-7", "phishing", null));
        CaseRow row = await world.DoneAsync(id, new CaseChange.Escalate("Looks like a ring."));

        Assert.Equal(("user:two", CaseStatus.Escalated, 3, CaseSeverity.Low), (row.AssignedTo, row.Status, row.Priority, row.Severity));
        Assert.Equal((now + TimeSpan.FromDays(2), now + TimeSpan.FromDays(1), "cards", "t-7", "phishing", 10L), (row.DueAt, row.SnoozedUntil, row.Desk, row.Trader, row.RootCause, row.Version));
        foreach (string act in (string[])[CaseKinds.Assigned, CaseKinds.StatusSet, CaseKinds.PrioritySet, CaseKinds.SeveritySet, CaseKinds.DueSet, CaseKinds.Snoozed, CaseKinds.Commented, CaseKinds.DetailsSet, CaseKinds.Escalated])
        {
            string leaf = Assert.Single(await world.Slice.LeavesAsync(act));
            Assert.Contains($"\"about\":\"{id}\"", leaf, StringComparison.Ordinal);
            Assert.DoesNotContain("\"a-1\"", leaf, StringComparison.Ordinal);
        }

        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_lock_keeps_others_out_until_it_ends_and_says_who_holds_it(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);
        await world.DoneAsync(id, new CaseChange.Lock(TimeSpan.FromMinutes(15)));

        CaseOutcome.Locked locked = Assert.IsType<CaseOutcome.Locked>(await world.Actions.DoAsync(id, null, "user:two", new CaseChange.SetPriority(1), Stop));
        Assert.Equal(("user:one", world.Slice.Time.GetUtcNow() + TimeSpan.FromMinutes(15)), (locked.By, locked.Until));
        Assert.IsType<CaseOutcome.Locked>(await world.Actions.DoAsync(id, null, "user:two", new CaseChange.Lock(TimeSpan.FromMinutes(15)), Stop));
        await world.DoneAsync(id, new CaseChange.Comment("I have something to add."), "user:two");
        await world.DoneAsync(id, new CaseChange.SetPriority(2));

        world.Slice.Time.Advance(TimeSpan.FromMinutes(16));
        await world.DoneAsync(id, new CaseChange.Lock(TimeSpan.FromMinutes(15)), "user:two");
        Assert.IsType<CaseOutcome.Locked>(await world.Actions.DoAsync(id, null, "user:one", new CaseChange.SetPriority(1), Stop));
        await world.DoneAsync(id, new CaseChange.Unlock(), "user:two");
        await world.DoneAsync(id, new CaseChange.SetPriority(1));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Of_thirty_who_want_the_lock_at_once_one_has_it(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);

        CaseOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => world.Actions.DoAsync(id, null, $"user:{i}", new CaseChange.Lock(TimeSpan.FromMinutes(5)), Stop))));

        CaseOutcome.Done done = Assert.Single(outcomes.OfType<CaseOutcome.Done>());
        Assert.All(outcomes.OfType<CaseOutcome.Locked>(), locked => Assert.Equal(done.Row.LockedBy, locked.By));
        Assert.Equal(29, outcomes.OfType<CaseOutcome.Locked>().Count());
        Assert.Single(await world.Slice.LeavesAsync(CaseKinds.Locked));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Of_two_who_saw_the_same_version_one_is_late(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);

        CaseOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Task.Run(() => world.Actions.DoAsync(id, 1, $"user:{i}", new CaseChange.SetPriority(i), Stop))));

        Assert.Single(outcomes.OfType<CaseOutcome.Done>());
        Assert.All(outcomes.OfType<CaseOutcome.Stale>(), stale => Assert.Equal(2, stale.Version));
        Assert.Equal(4, outcomes.OfType<CaseOutcome.Stale>().Count());

        // What is added by itself makes nobody late.
        await world.SendAsync("a-1");
        await world.ConsumeAsync();
        Assert.IsType<CaseOutcome.Done>(await world.Actions.DoAsync(id, 2, "user:1", new CaseChange.SetPriority(5), Stop));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_outcome_labels_the_transactions_and_a_reopened_case_takes_its_labels_back(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid[] ids = await world.SendAsync("a-1", 3);
        await world.ConsumeAsync();
        Guid id = (await world.CaseOfAsync("a-1")).Id;

        CaseRow resolved = await world.DoneAsync(id, new CaseChange.Resolve(CaseOutcomes.ConfirmedFraud, "The card was stolen.", null));

        Assert.Equal((CaseStatus.Resolved, CaseOutcomes.ConfirmedFraud, "user:one", null), (resolved.Status, resolved.Outcome, resolved.ResolvedBy, resolved.OpenKey));
        List<TransactionLabelRow> labels = await LabelsAsync(world);
        Assert.Equal(ids.Order(), labels.Select(label => label.TransactionRef).Order());
        Assert.All(labels, label => Assert.Equal((TransactionLabel.Fraud, LabelSources.Case, id, 1), (label.Label, label.Source, label.Origin!.Value, label.Revision)));
        Assert.IsType<CaseOutcome.Refused>(await world.Actions.DoAsync(id, null, "user:one", new CaseChange.SetPriority(1), Stop));

        await world.DoneAsync(id, new CaseChange.Reopen("The customer found the card."));
        Assert.Empty(await LabelsAsync(world));
        await world.DoneAsync(id, new CaseChange.Resolve(CaseOutcomes.Legitimate, "All hers.", null));
        Assert.All(await LabelsAsync(world), label => Assert.Equal((TransactionLabel.Legitimate, 3), (label.Label, label.Revision)));
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        Assert.Equal(9, await db.LabelHistory.CountAsync(Stop));
        Assert.Equal(9, (await world.Slice.LeavesAsync(LabelWriter.Kind)).Count);
        Assert.Equal(2, await db.ComplianceLog.CountAsync(row => row.EventType == ComplianceKinds.CaseResolved, Stop));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_is_added_while_it_is_being_resolved_is_labelled_or_goes_to_a_new_case(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);
        for (int i = 0; i < 5; i++)
        {
            await world.SendAsync("a-1", 20);
        }

        await world.Slice.SequenceAsync();
        Task consume = Task.Run(world.ConsumeAsync, Stop);
        Task<CaseRow> resolve = Task.Run(() => world.DoneAsync(id, new CaseChange.Resolve(CaseOutcomes.ConfirmedFraud, "A ring.", null)), Stop);
        await Task.WhenAll(consume, resolve);
        await world.ConsumeAsync();

        List<CaseRow> cases = await world.CasesAsync();
        Assert.Equal(101, cases.Sum(row => row.Transactions));
        Assert.Equal(cases.Where(row => row.Status == CaseStatus.Resolved).Sum(row => row.Transactions), (await LabelsAsync(world)).Count);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_makes_no_sense_is_refused_in_a_sentence(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        Guid id = await OpenedAsync(world);
        DateTimeOffset now = world.Slice.Time.GetUtcNow();
        CaseChange[] nonsense =
        [
            new CaseChange.Escalate(" "), new CaseChange.Comment(null), new CaseChange.Comment(new string('x', 4_001)), new CaseChange.Snooze(now, "x"), new CaseChange.Snooze(now + TimeSpan.FromDays(91), "x"),
            new CaseChange.SetDue(null, "x"), new CaseChange.SetPriority(0), new CaseChange.SetStatus(CaseStatus.Resolved), new CaseChange.SetStatus(null), new CaseChange.SetDetails(null, null, null, null, null),
            new CaseChange.Lock(TimeSpan.Zero), new CaseChange.Unlock(), new CaseChange.Resolve("guilty", "x", null), new CaseChange.Resolve(CaseOutcomes.Legitimate, "", null),
            new CaseChange.Resolve(CaseOutcomes.Duplicate, "x", null), new CaseChange.Resolve(CaseOutcomes.Duplicate, "x", id), new CaseChange.Resolve(CaseOutcomes.Duplicate, "x", Guid.CreateVersion7()), new CaseChange.Reopen("x"),
        ];

        foreach (CaseChange change in nonsense)
        {
            Assert.NotEmpty(Assert.IsType<CaseOutcome.Refused>(await world.Actions.DoAsync(id, null, "user:one", change, Stop)).Why);
        }

        Assert.IsType<CaseOutcome.Unknown>(await world.Actions.DoAsync(Guid.CreateVersion7(), null, "user:one", new CaseChange.SetPriority(1), Stop));
        Assert.Equal(1, (await world.CaseOfAsync("a-1")).Version);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Figures_count_what_was_resolved_in_time(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        foreach (string account in (string[])["a-1", "a-2", "a-3"])
        {
            await world.SendAsync(account);
        }

        await world.ConsumeAsync();
        world.Slice.Time.Advance(TimeSpan.FromHours(10));
        await world.DoneAsync((await world.CaseOfAsync("a-1")).Id, new CaseChange.Resolve(CaseOutcomes.Legitimate, "x", null));
        world.Slice.Time.Advance(TimeSpan.FromHours(90));
        await world.DoneAsync((await world.CaseOfAsync("a-2")).Id, new CaseChange.Resolve(CaseOutcomes.ConfirmedFraud, "x", null));

        CaseFiguresAnswer figures = await world.Slice.Get<CaseFigures>().OfAsync("default", 30, null, Stop);

        Assert.Equal((3, 2, 1, 1), (figures.Opened, figures.Resolved, figures.Open, figures.Overdue));
        Assert.Equal(0.5, figures.SlaCompliance);
        Assert.InRange(figures.MttrSeconds!.Value, 55 * 3600, 55 * 3600 + 60);
        Assert.Equal(1, figures.OpenByAge["3_to_7_days"]);
        Assert.Equal(1, figures.ByOutcome[CaseOutcomes.ConfirmedFraud]);
        Assert.Equal(1, (await world.Slice.Get<CaseFigures>().OfAsync("default", 30, 200, Stop)).SlaCompliance);
    }

    [Fact]
    public void Similar_cases_say_why_and_how_much()
    {
        CaseRow row = Row("a-1", "\nA\nB\n", "cards");

        SimilarCase same = SimilarCases.Compare(row, Row("a-1", "\nA\nB\n", "cards"));
        SimilarCase half = SimilarCases.Compare(row, Row("a-2", "\nB\nC\n", null) with { Severity = CaseSeverity.Low });

        Assert.Equal(1.0, same.Score);
        Assert.Equal(0.3 / 3 + 0.15 + 0.05, half.Score, 6);
        Assert.Equal(["reasons in common: B", "the same type: suspicious_transactions", "detected the same way: model"], half.Because);
    }

    private static CaseRow Row(string account, string reasons, string? desk) => new()
    {
        Id = Guid.CreateVersion7(),
        Namespace = "default",
        Number = 1,
        Type = "suspicious_transactions",
        Title = "x",
        Severity = CaseSeverity.High,
        Priority = 2,
        Status = CaseStatus.Open,
        Source = "decisions",
        Account = account,
        Desk = desk,
        DetectionMethod = "model",
        OpenedAt = default,
        UpdatedAt = default,
        LastEventAt = default,
        DueAt = default,
        Reasons = reasons,
    };

    private static async Task<Guid> OpenedAsync(CaseWorld world)
    {
        await world.SendAsync("a-1");
        await world.ConsumeAsync();
        return (await world.CaseOfAsync("a-1")).Id;
    }

    private static async Task<List<TransactionLabelRow>> LabelsAsync(CaseWorld world)
    {
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        return await db.TransactionLabels.OrderBy(row => row.TransactionRef).ToListAsync(Stop);
    }
}
