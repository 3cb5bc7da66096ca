using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using static FinObs.DataPlane.Tests.Approvals.ApprovalWorld;

namespace FinObs.DataPlane.Tests.Approvals;

/// <summary>Many at once, and faults in between: it is decided once and done once.</summary>
public sealed class ApprovalRaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Fifty_who_agree_at_once_neither_count_double_nor_do_it_twice(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();

        ApprovalOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => world.SayAsync(id, new Voter($"user:{i}", ["compliance", "admin"])))));

        ApprovalRecord record = await world.FindAsync(id);
        Assert.Equal(ApprovalStatus.Executed, record.Row.Status);
        Assert.Equal([0, 0, 1], record.Votes.Select(vote => vote.Step));
        Assert.Equal((3, 47), (outcomes.OfType<ApprovalOutcome.Counted>().Count(), outcomes.OfType<ApprovalOutcome.Closed>().Count()));
        Assert.Equal((1L, 1), (await world.DoneAsync(), world.Act.Committed));
        Assert.Single(await world.Slice.LeavesAsync(ApprovalActs.Executed));
        Assert.Equal(3, (await world.Slice.LeavesAsync(ApprovalActs.Voted)).Count);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Two_who_race_for_the_last_word_leave_one_winner(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();
        await world.AgreeAsync(id, Compliance("one"));
        await world.AgreeAsync(id, Compliance("two"));

        ApprovalOutcome[] outcomes = await Task.WhenAll(Task.Run(() => world.SayAsync(id, Admin("three"))), Task.Run(() => world.SayAsync(id, Admin("four"), approves: false)));

        Assert.Single(outcomes.OfType<ApprovalOutcome.Counted>());
        Assert.Single(outcomes.OfType<ApprovalOutcome.Closed>());
        ApprovalRequestRow row = (await world.FindAsync(id)).Row;
        Assert.Equal(row.Status == ApprovalStatus.Executed ? 1 : 0, await world.DoneAsync());
        Assert.Single(await world.Slice.LeavesAsync(ApprovalActs.Decided));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task The_same_person_from_twenty_windows_counts_once(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();

        ApprovalOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => world.SayAsync(id, Compliance("one")))));

        Assert.Single(outcomes.OfType<ApprovalOutcome.Counted>());
        ApprovalRecord record = await world.FindAsync(id);
        Assert.Single(record.Votes);
        Assert.Equal((ApprovalStatus.Pending, 0), (record.Row.Status, record.Row.Step));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Twenty_who_ask_the_same_at_once_open_one_request(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);

        Guid[] ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => world.RequestAsync())));

        Assert.Single(ids.Distinct());
        Assert.Single(await world.Slice.LeavesAsync(ApprovalActs.Requested));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_fault_is_tried_again_by_any_number_of_workers_and_it_is_done_once(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        world.Act.Faults = 2;
        Guid id = await ApprovedAsync(world);
        Assert.Equal((ApprovalStatus.Approved, 1), ((await world.FindAsync(id)).Row.Status, (await world.FindAsync(id)).Row.Attempts));
        ApprovalExecution execution = world.Slice.Get<ApprovalExecution>();

        Assert.Equal(0, await execution.PassAsync(Stop)); // not yet time
        world.Slice.Time.Advance(TimeSpan.FromSeconds(6));
        await execution.PassAsync(Stop);
        world.Slice.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => execution.PassAsync(Stop))));

        Assert.Equal(ApprovalStatus.Executed, (await world.FindAsync(id)).Row.Status);
        Assert.Equal((1L, 1), (await world.DoneAsync(), world.Act.Committed));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_changed_meanwhile_is_made_ready_again_and_leaves_nothing_half_done(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        world.Act.Changes = 2;

        Guid id = await ApprovedAsync(world);

        Assert.Equal(ApprovalStatus.Executed, (await world.FindAsync(id)).Row.Status);
        Assert.Equal(1, await world.DoneAsync());
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_can_no_longer_be_done_is_recorded_with_why_and_what_always_fails_ends(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind, access: true, ("Approvals:MostAttempts", "3"));
        world.Act.Impossible = "The user is gone.";
        Guid gone = await ApprovedAsync(world);
        Assert.Equal((ApprovalStatus.Impossible, "The user is gone."), ((await world.FindAsync(gone)).Row.Status, (await world.FindAsync(gone)).Row.Outcome));

        (world.Act.Impossible, world.Act.Faults) = (null, int.MaxValue);
        Guid id = await ApprovedAsync(world);
        for (int i = 0; i < 3; i++)
        {
            world.Slice.Time.Advance(TimeSpan.FromMinutes(11));
            await world.Slice.Get<ApprovalExecution>().PassAsync(Stop);
        }

        Assert.Equal((ApprovalStatus.Failed, 3), ((await world.FindAsync(id)).Row.Status, (await world.FindAsync(id)).Row.Attempts));
        Assert.Equal(0, await world.DoneAsync());
        Assert.Equal(2, (await world.Slice.LeavesAsync(ApprovalActs.Failed)).Count);
        await world.Slice.VerifyAsync();
    }

    private static async Task<Guid> ApprovedAsync(ApprovalWorld world)
    {
        Guid id = await world.RequestAsync();
        await world.AgreeAsync(id, Compliance("one"));
        await world.AgreeAsync(id, Compliance("two"));
        await world.AgreeAsync(id, Admin("three"));
        return id;
    }
}
