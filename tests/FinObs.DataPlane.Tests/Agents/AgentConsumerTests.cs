using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>What agents look at by themselves, and that they look once.</summary>
public sealed class AgentConsumerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Each_case_and_each_flagged_decision_is_looked_at_once_whoever_reads_again(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind, null, ("Agents:Cases", "true"), ("Agents:Decisions", "ReviewAndBlock"));
        Guid[] decisions = [.. await world.Cases.SendAsync("a-1", 3), .. await world.Cases.SendAsync("a-2", 2)];
        await world.Cases.ConsumeAsync();
        await world.Slice.SequenceAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.Consumer.RunAsync(Stop))));
        await world.ConsumeAsync();

        // As if the cursor had been lost.
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            await db.EventCursors.Where(row => row.Reader == "agents").ExecuteDeleteAsync(Stop);
        }

        await world.ConsumeAsync();

        List<AgentRunRow> runs = await world.RunsAsync();
        Assert.Equal(decisions.Order(), runs.Where(run => run.Agent == AgentKind.ComplianceCheck).Select(run => run.SubjectId!.Value).Order());
        Assert.Equal((await world.Cases.CasesAsync()).Select(row => row.Id).Order(), runs.Where(run => run.Agent == AgentKind.IncidentTriage).Select(run => run.SubjectId!.Value).Order());
        Assert.Equal(7, runs.Count);
        Assert.All(runs, run => Assert.Contains("0af7651916cd43dd8448eb211c80319c", run.Traceparent, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Nothing_is_looked_at_unless_it_is_configured(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        await world.GraveCaseAsync();
        await world.ConsumeAsync();

        Assert.Empty(await world.RunsAsync());
        Assert.Null(await world.Consumer.LastReadAsync("default", Stop));
    }

    [Fact]
    public async Task A_technical_case_goes_to_remediation()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite, null, ("Agents:Cases", "true"));
        await world.Slice.Get<CaseOpener>().OpenAsync(
            new NewCase { Namespace = "default", Type = "delivery_failing", Key = "callback:x", Title = "Deliveries to x are disabled", Severity = CaseSeverity.High, Source = CaseSources.Callbacks }, Stop);
        await world.ConsumeAsync();

        Assert.Equal(AgentKind.Remediation, Assert.Single(await world.RunsAsync()).Agent);
    }

    [Fact]
    public async Task No_more_is_begun_than_people_can_look_at()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite, null, ("Agents:Decisions", "ReviewAndBlock"), ("Agents:MostWaiting", "4"));
        await world.Cases.SendAsync("a-1", 3);
        await world.ConsumeAsync();
        await world.Cases.SendAsync("a-1", 3);
        await world.ConsumeAsync();

        Assert.Equal(4, (await world.RunsAsync()).Count);
    }
}
