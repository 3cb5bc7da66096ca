using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>From a run to what was done, or why it was not.</summary>
public sealed class AgentRunTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_an_agent_proposes_is_done_in_the_commit_of_the_last_agreement(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        CaseRow grave = await world.GraveCaseAsync();
        AgentRunRow asked = await world.LookAsync(new AgentInput.IncidentTriage("default", grave.Id));

        Assert.Equal(AgentRunState.Asked, asked.State);
        ApprovalRequestRow request = await world.RequestAsync(asked);
        Assert.Equal(("agent.case.escalate", ApprovalStatus.Pending, "agent:incident_triage", (Guid?)grave.Id), (request.Action, request.Status, request.RequestedBy, request.About));
        Assert.Contains("user:asker", NameList.Read(request.Excluded));
        Assert.Equal(CaseStatus.Open, (await world.Cases.CaseOfAsync("a-1")).Status);

        await world.SayAsync(asked);

        Assert.Equal(CaseStatus.Escalated, (await world.Cases.CaseOfAsync("a-1")).Status);
        Assert.Equal(AgentRunState.Done, (await world.FindAsync(asked.Id)).State);
        Assert.Equal([AgentRunState.Proposed, AgentRunState.Asked, AgentRunState.Done], (await world.ActionsAsync(asked)).Select(action => action.State));
        Assert.Equal(3, (await world.Slice.LeavesAsync(AgentActionRow.Kind)).Count);
        Assert.All(await world.Slice.LeavesAsync(AgentActionRow.Kind), leaf => Assert.Contains($"\"about\":\"{grave.Id}\"", leaf, StringComparison.Ordinal));
        Assert.Contains("agent:incident_triage", Assert.Single(await world.Slice.LeavesAsync(CaseKinds.Escalated)), StringComparison.Ordinal);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_finding_says_only_what_its_evidence_says_and_names_nobody(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        Guid decision = await world.DecisionAfterFraudAsync("account-of-somebody");
        AgentActionRow found = (await world.ActionsAsync(await world.LookAsync(new AgentInput.ComplianceCheck("default", decision))))[0];

        using JsonDocument finding = JsonDocument.Parse(found.Finding!);
        Assert.Equal(("heuristic", "high", 0), (Text(finding, "source"), Text(finding, "risk_level"), finding.RootElement.GetProperty("dropped").GetInt32()));
        Assert.Equal(EvidenceSet.DigestOf(System.Text.Encoding.UTF8.GetBytes(found.Evidence!)), Text(finding, "evidence"));
        Assert.Contains("Account: fraud is 1, at least 1.", finding.RootElement.GetProperty("summary").EnumerateArray().Select(sentence => sentence.GetString()));
        Assert.DoesNotContain("account-of-somebody", found.Finding + found.Evidence + found.Detail, StringComparison.Ordinal);
        Assert.Contains("\"account:ref_", found.Evidence, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_override_that_people_agreed_to_is_made_from_what_they_saw(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        Guid decision = await world.DecisionAfterFraudAsync("a-1");
        AgentRunRow asked = await world.LookAsync(new AgentInput.ComplianceCheck("default", decision));
        await world.SayAsync(asked);

        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        OverrideRow made = await db.DecisionOverrides.SingleAsync(Stop);
        Assert.Equal((decision, Decision.Review, Decision.Block, "agent:compliance_check", asked.ApprovalId, "local"), (made.DecisionId, made.From, made.To, made.By, made.ApprovalId, made.ApprovedBy));
        Assert.Equal(AgentRunState.Done, (await world.FindAsync(asked.Id)).State);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_changed_meanwhile_is_not_done(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        Guid decision = await world.DecisionAfterFraudAsync("a-1");
        AgentRunRow asked = await world.LookAsync(new AgentInput.ComplianceCheck("default", decision));
        Assert.IsType<OverrideOutcome.Done>(await world.Slice.Get<DecisionOverrides>().OverrideAsync(new WantedOverride(decision, Decision.Review, Decision.Approve, "The customer called.", "user:one"), Stop));
        await world.SayAsync(asked);
        await world.SettleAsync();

        Assert.Equal(ApprovalStatus.Impossible, (await world.RequestAsync(asked)).Status);
        Assert.Equal(AgentRunState.Impossible, (await world.FindAsync(asked.Id)).State);
        Assert.Contains("overridden meanwhile", (await world.ActionsAsync(asked))[^1].Detail, StringComparison.Ordinal);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_no_ends_the_look_and_a_rehearsal_does_nothing(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        CaseRow grave = await world.GraveCaseAsync();
        AgentRunRow refused = await world.LookAsync(new AgentInput.IncidentTriage("default", grave.Id));
        await world.SayAsync(refused, approves: false);
        AgentRunRow rehearsed = await world.LookAsync(new AgentInput.IncidentTriage("default", grave.Id), simulation: true);
        await world.SayAsync(rehearsed);
        await world.SettleAsync();
        await world.SettleAsync();

        Assert.Equal((AgentRunState.Refused, AgentRunState.Rehearsed), ((await world.FindAsync(refused.Id)).State, (await world.FindAsync(rehearsed.Id)).State));
        Assert.Equal(CaseStatus.Open, (await world.Cases.CaseOfAsync("a-1")).Status);
        Assert.Equal(3, (await world.ActionsAsync(refused)).Count);
        Assert.All(await world.ActionsAsync(rehearsed), action => Assert.True(action.Simulation));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_worker_that_died_after_asking_does_not_make_people_be_asked_twice(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        CaseRow grave = await world.GraveCaseAsync();
        AgentRunRow asked = await world.LookAsync(new AgentInput.IncidentTriage("default", grave.Id));
        await world.SayAsync(asked, approves: false);
        await world.ForgetRequestAsync(asked);
        await world.Runner.PassAsync(Stop);

        AgentRunRow again = await world.FindAsync(asked.Id);
        Assert.Equal((AgentRunState.Asked, asked.ApprovalId), (again.State, again.ApprovalId));
        Assert.Equal(1, await world.RequestsAsync());
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Of_several_workers_one_finding_counts(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind, null, ("Agents:Cases", "true"));
        for (int i = 0; i < 6; i++)
        {
            await world.Cases.SendAsync($"a-{i}", 1, 25_000m);
        }

        await world.ConsumeAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.Runner.PassAsync(Stop))));
        await world.Runner.PassAsync(Stop);

        List<AgentRunRow> runs = await world.RunsAsync();
        Assert.Equal((6, 6), (runs.Count, await world.RequestsAsync()));
        Assert.All(runs, run => Assert.Equal(AgentRunState.Asked, run.State));
        foreach (AgentRunRow run in runs)
        {
            Assert.Single(await world.ActionsAsync(run), action => action.Finding is not null);
        }

        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_policy_may_let_work_be_moved_without_asking_and_nothing_else(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(
            kind, null, ("Approvals:Policies:agent.case.escalate:Enabled", "false"), ("Approvals:Policies:agent.decision.override:Enabled", "false"));
        CaseRow grave = await world.GraveCaseAsync("a-2");
        AgentRunRow moved = await world.LookAsync(new AgentInput.IncidentTriage("default", grave.Id));
        AgentRunRow asked = await world.LookAsync(new AgentInput.ComplianceCheck("default", await world.DecisionAfterFraudAsync("a-1")));

        Assert.Equal((AgentRunState.Done, AgentRunState.Asked), (moved.State, asked.State));
        Assert.Null(moved.ApprovalId);
        Assert.Contains("without asking", (await world.ActionsAsync(moved))[^1].Detail, StringComparison.Ordinal);
        Assert.Equal(CaseStatus.Escalated, (await world.Cases.CaseOfAsync("a-2")).Status);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_account_goes_onto_the_list_until_its_day_and_no_paper_names_it(DatabaseKind kind)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(
            folder.Combine("rules.yaml"),
            """
            rules:
              - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: 5000}
            lists:
              - {name: watched, note: Looked at, entries: []}
            """,
            Stop);
        await using AgentWorld world = await AgentWorld.StartAsync(kind, null, ("Rules:Path", folder.FullPath), ("Agents:WatchList", "watched"), ("Agents:WatchDays", "7"));
        AgentRunRow asked = await world.LookAsync(new AgentInput.ComplianceCheck("default", await world.DecisionAfterFraudAsync("account-of-somebody", 9_000m)));
        ApprovalRequestRow request = await world.RequestAsync(asked);
        Assert.Equal("agent.list.entry", request.Action);
        Assert.DoesNotContain("account-of-somebody", System.Text.Encoding.UTF8.GetString(request.Payload) + request.Summary + request.Reason, StringComparison.Ordinal);
        await world.SayAsync(asked);

        (ListEntryRow row, string value) = Assert.Single(await world.Slice.Get<ListStore>().AllAsync(Stop));
        Assert.Equal(("account-of-somebody", "watched", "agent:compliance_check"), (value, row.List, row.AddedBy));
        Assert.Equal(row.AddedAt.AddDays(7), row.ExpiresAt);
        await world.Slice.VerifyAsync();
    }

    [Fact]
    public async Task A_case_without_anybody_is_assigned_to_whom_it_is_configured()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite, null, ("Agents:AssignTo", "queue:analysts"));
        await world.Cases.SendAsync("a-1");
        await world.Cases.ConsumeAsync();
        AgentRunRow asked = await world.LookAsync(new AgentInput.IncidentTriage("default", (await world.Cases.CaseOfAsync("a-1")).Id));
        await world.SayAsync(asked);

        Assert.Equal("queue:analysts", (await world.Cases.CaseOfAsync("a-1")).AssignedTo);
    }

    [Fact]
    public async Task A_period_is_summed_up_and_nothing_is_proposed()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite);
        DateTimeOffset from = world.Slice.Time.GetUtcNow();
        await world.Cases.SendAsync("a-1", 3);
        await world.Cases.ConsumeAsync();
        AgentRunRow run = await world.LookAsync(new AgentInput.AuditSummary("default", from, from.AddDays(1)));

        Assert.Equal(AgentRunState.NoAction, run.State);
        using JsonDocument finding = JsonDocument.Parse((await world.ActionsAsync(run))[0].Finding!);
        string?[] summary = [.. finding.RootElement.GetProperty("summary").EnumerateArray().Select(sentence => sentence.GetString())];
        Assert.Contains("Audit log: reviewed is 3.", summary);
        Assert.Contains("Audit log: by kind case.opened is 1.", summary);
        Assert.Equal("low", Text(finding, "risk_level"));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_agent_that_does_not_answer_is_asked_again_and_then_given_up(DatabaseKind kind)
    {
        SilentAgent agent = new();
        await using AgentWorld world = await AgentWorld.StartAsync(kind, services => services.Replace(ServiceDescriptor.Singleton<IAgent>(agent)), ("Agents:MostAttempts", "3"));
        AgentRunRow run = await world.LookAsync(new AgentInput.IncidentTriage("default", (await world.GraveCaseAsync()).Id));
        Assert.Equal((AgentRunState.Waiting, 1), (run.State, run.Attempts));
        Assert.Equal(0, await world.Runner.PassAsync(Stop));
        for (int i = 0; i < 3; i++)
        {
            world.Slice.Time.Advance(TimeSpan.FromMinutes(11));
            await world.Runner.PassAsync(Stop);
        }

        Assert.Equal((AgentRunState.Failed, 3), ((await world.FindAsync(run.Id)).State, agent.Asked));
        Assert.Contains("3 attempts", Assert.Single(await world.ActionsAsync(run)).Detail, StringComparison.Ordinal);
        await world.Slice.VerifyAsync();
    }

    [Fact]
    public async Task What_is_not_there_fails_at_once()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite);
        CaseRow grave = await world.GraveCaseAsync();

        Assert.Equal(AgentRunState.Failed, (await world.LookAsync(new AgentInput.ComplianceCheck("default", Guid.CreateVersion7(world.Slice.Time.GetUtcNow())))).State);
        Assert.Equal(AgentRunState.Failed, (await world.LookAsync(new AgentInput.IncidentTriage("another", grave.Id))).State);
    }

    private static string? Text(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetString();

    private sealed class SilentAgent : IAgent
    {
        public int Asked { get; private set; }

        public Task<AgentReply> AskAsync(AgentInput input, EvidenceSet evidence, CancellationToken cancellationToken)
        {
            Asked++;
            throw new TimeoutException("The test wants it so.");
        }
    }
}
