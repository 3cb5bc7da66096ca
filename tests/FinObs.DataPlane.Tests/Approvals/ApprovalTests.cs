using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using static FinObs.DataPlane.Tests.Approvals.ApprovalWorld;

namespace FinObs.DataPlane.Tests.Approvals;

/// <summary>One request from its beginning to its end.</summary>
public sealed class ApprovalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Step_by_step_enough_people_agree_and_it_is_done_in_the_last_ones_commit(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();

        Assert.Equal((ApprovalStatus.Pending, 0), StateOf(await world.AgreeAsync(id, Compliance("one"))));
        Assert.Equal((ApprovalStatus.Pending, 1), StateOf(await world.AgreeAsync(id, Compliance("two"))));
        Assert.Equal(0, await world.DoneAsync());
        Assert.Equal((ApprovalStatus.Executed, 2), StateOf(await world.AgreeAsync(id, Admin("three"))));

        Assert.Equal((1L, 1), (await world.DoneAsync(), world.Act.Committed));
        Assert.Equal(["user:one", "user:two", "user:three"], world.Act.Asked!.ApprovedBy);
        Assert.Equal("""{"limit":5}""", System.Text.Encoding.UTF8.GetString(world.Act.Asked.Payload.Span));
        Assert.Equal((1, 3, 1, 1), (await CountAsync(world, ApprovalActs.Requested), await CountAsync(world, ApprovalActs.Voted), await CountAsync(world, ApprovalActs.Decided), await CountAsync(world, ApprovalActs.Executed)));
        Assert.All(await world.Slice.LeavesAsync(ApprovalActs.Voted), leaf => Assert.Contains($"\"about\":\"{id}\"", leaf, StringComparison.Ordinal));
        List<StreamEvent> events = await world.Slice.EventsAsync();
        Assert.Equal([ApprovalActs.Requested, ApprovalActs.Decided], events.Select(item => item.Topic));
        Assert.All(events, item => Assert.Equal(id, item.SubjectId));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Who_asked_who_is_excluded_who_has_no_role_and_who_has_spoken_does_not_count(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync(Ask(excluded: "user:agent-owner"));
        await world.AgreeAsync(id, Compliance("one"));

        Assert.Contains("yourself", Why(await world.SayAsync(id, Compliance("asker"))), StringComparison.Ordinal);
        Assert.Contains("excluded", Why(await world.SayAsync(id, Compliance("agent-owner"))), StringComparison.Ordinal);
        Assert.Contains("decided by compliance", Why(await world.SayAsync(id, Admin("three"))), StringComparison.Ordinal);
        Assert.Contains("counts once", Why(await world.SayAsync(id, Compliance("one"))), StringComparison.Ordinal);
        Assert.Contains("counts once", Why(await world.SayAsync(id, new Voter("user:one", ["admin", "compliance"]))), StringComparison.Ordinal);
        Assert.Single((await world.FindAsync(id)).Votes);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_change_of_what_is_asked_is_another_request_and_another_hash(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();
        string hash = (await world.FindAsync(id)).Row.BoundHash;

        Assert.Equal(id, await world.RequestAsync());
        Guid other = await world.RequestAsync(Ask("""{"limit":6}"""));
        Assert.NotEqual(id, other);
        Assert.NotEqual(id, await world.RequestAsync(Ask() with { Evidence = "{}"u8.ToArray() }));
        Assert.NotEqual(id, await world.RequestAsync(Ask() with { ModelDigest = "sha256:abd" }));
        Assert.NotEqual(id, await world.RequestAsync(Ask(simulation: true)));

        ApprovalOutcome.OtherHash refused = Assert.IsType<ApprovalOutcome.OtherHash>(await world.SayAsync(other, Compliance("one"), hash: hash));
        Assert.NotEqual(hash, refused.Hash);
        Assert.Empty((await world.FindAsync(other)).Votes);
        await Assert.ThrowsAsync<ArgumentException>(() => world.RequestAsync(Ask("""{"b":1,"a":2}""")));
        await Assert.ThrowsAsync<ArgumentException>(() => world.RequestAsync(Ask() with { Action = "nobody.does" }));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task One_refusal_ends_it_and_the_same_can_be_asked_again(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();
        await world.AgreeAsync(id, Compliance("one"));

        Assert.IsType<ApprovalOutcome.Counted>(await world.SayAsync(id, Compliance("two"), approves: false));

        Assert.Equal(ApprovalStatus.Rejected, Assert.IsType<ApprovalOutcome.Closed>(await world.SayAsync(id, Compliance("three"))).Status);
        Assert.NotEqual(id, await world.RequestAsync());
        Assert.Equal(0, await world.DoneAsync());
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Overdue_it_is_escalated_once_and_its_time_over_it_expires(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();
        ApprovalClock clock = world.Slice.Get<ApprovalClock>();
        Voter analyst = new("user:analyst", ["analyst"]);
        Assert.IsType<ApprovalOutcome.NotYours>(await world.SayAsync(id, analyst));

        world.Slice.Time.Advance(TimeSpan.FromHours(5));
        await Task.WhenAll(clock.PassAsync(Stop), clock.PassAsync(Stop));
        await clock.PassAsync(Stop);

        Assert.Equal(1, await CountAsync(world, ApprovalActs.Escalated));
        Assert.Equal(0, (await world.AgreeAsync(id, analyst)).Step);

        world.Slice.Time.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(clock.PassAsync(Stop), clock.PassAsync(Stop));
        Assert.Equal(ApprovalStatus.Expired, Assert.IsType<ApprovalOutcome.Closed>(await world.SayAsync(id, Compliance("one"))).Status);
        Assert.Equal(1, await CountAsync(world, ApprovalActs.Decided));
        Assert.NotEqual(id, await world.RequestAsync());
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_simulation_walks_the_whole_chain_does_nothing_and_says_so_in_every_record(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync(Ask(simulation: true));
        await world.AgreeAsync(id, Compliance("one"));
        await world.AgreeAsync(id, Compliance("two"));

        ApprovalRequestRow row = await world.AgreeAsync(id, Admin("three"));
        await world.Slice.Get<ApprovalExecution>().PassAsync(Stop);

        Assert.Equal((ApprovalStatus.Approved, true), (row.Status, row.Simulation));
        Assert.Contains("nothing was done", row.Outcome, StringComparison.Ordinal);
        Assert.Null(world.Act.Asked);
        Assert.Equal(0, await world.DoneAsync());
        ApprovalRecord record = await world.FindAsync(id);
        Assert.All(record.Votes, vote => Assert.Contains("\"simulation\":true", Text(ApprovalActs.VotePayload(vote)), StringComparison.Ordinal));
        Assert.Contains("\"simulation\":true", Text(ApprovalActs.RequestPayload(record.Row)), StringComparison.Ordinal);
        Assert.Contains("\"simulation\":true", Text(ApprovalActs.DecisionPayload(record.Row)), StringComparison.Ordinal);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Only_whoever_asked_takes_it_back(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync();

        Assert.IsType<ApprovalOutcome.NotYours>(await world.Voting.CancelAsync(id, "user:other", "No.", Stop));
        Assert.IsType<ApprovalOutcome.Counted>(await world.Voting.CancelAsync(id, "user:asker", "A mistake.", Stop));
        Assert.Equal(ApprovalStatus.Cancelled, Assert.IsType<ApprovalOutcome.Closed>(await world.SayAsync(id, Compliance("one"))).Status);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Where_nobody_can_be_told_from_anybody_one_stands_for_all_and_the_records_say_development(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind, access: false);
        Guid id = await world.RequestAsync(Ask() with { RequestedBy = "local" });

        ApprovalRequestRow row = await world.AgreeAsync(id, new Voter("local", []));

        Assert.Equal((ApprovalStatus.Executed, true), (row.Status, row.Development));
        Assert.Contains("\"development\":true", Text(ApprovalActs.VotePayload((await world.FindAsync(id)).Votes[0])), StringComparison.Ordinal);
        await using ApprovalWorld strict = await StartAsync(kind, access: false, ("Approvals:AllowSelfInDevelopment", "false"));
        Guid theirs = await strict.RequestAsync(Ask() with { RequestedBy = "local" });
        Assert.IsType<ApprovalOutcome.NotYours>(await strict.SayAsync(theirs, new Voter("local", [])));
    }

    private static async Task<int> CountAsync(ApprovalWorld world, string kind) => (await world.Slice.LeavesAsync(kind)).Count;

    private static (ApprovalStatus Status, int Step) StateOf(ApprovalRequestRow row) => (row.Status, row.Step);

    private static string Why(ApprovalOutcome outcome) => Assert.IsType<ApprovalOutcome.NotYours>(outcome).Why;

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
