using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>Cases and decisions, and agents that look at them once the test says so.</summary>
internal sealed class AgentWorld(CaseWorld cases) : IAsyncDisposable
{
    public CaseWorld Cases => cases;

    public SliceWorld Slice => cases.Slice;

    public AgentConsumer Consumer => Slice.Get<AgentConsumer>();

    public AgentRunner Runner => Slice.Get<AgentRunner>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<AgentWorld> StartAsync(DatabaseKind kind, Action<IServiceCollection>? add = null, params (string Key, string Value)[] settings) =>
        new(await CaseWorld.StartAsync(kind, add, settings));

    /// <summary>Until every event has become a run.</summary>
    public async Task ConsumeAsync()
    {
        await cases.ConsumeAsync();
        await Slice.SequenceAsync();
        while (await Consumer.RunAsync(Stop) is not 0)
        {
            // A page a namespace.
        }
    }

    public async Task<List<AgentRunRow>> RunsAsync()
    {
        await using FinObsDbContext db = Slice.Database.CreateContext();
        return await db.AgentRuns.OrderBy(row => row.Id).ToListAsync(Stop);
    }

    /// <summary>Somebody asks, and it is taken as far as it goes.</summary>
    public async Task<AgentRunRow> LookAsync(AgentInput input, string by = "user:asker", bool simulation = false)
    {
        AgentRuns runs = Slice.Get<AgentRuns>();
        AgentRunRow run = await runs.AddAsync(AgentRunRow.Of(input, null, by, runs.Now()) with { Simulation = simulation }, Stop);
        await Runner.RunAsync(run.Id, Stop);
        return await FindAsync(run.Id);
    }

    public async Task<AgentRunRow> FindAsync(Guid id) => (await Slice.Get<AgentRuns>().FindAsync(id, Stop))!;

    public Task<List<AgentActionRow>> ActionsAsync(AgentRunRow run) => Slice.Get<AgentRuns>().ActionsAsync(run.Id, Stop);

    public async Task<ApprovalRequestRow> RequestAsync(AgentRunRow run) => (await Slice.Get<ApprovalStore>().FindAsync(run.ApprovalId!.Value, Stop))!.Row;

    /// <summary>A person decides; the only one there is, because no access is configured.</summary>
    public async Task SayAsync(AgentRunRow run, bool approves = true)
    {
        ApprovalRequestRow request = await RequestAsync(run);
        Assert.IsType<ApprovalOutcome.Counted>(await Slice.Get<ApprovalVoting>().DecideAsync(request.Id, new ApprovalWord(new Voter("local", []), approves, request.BoundHash, "Looked at."), Stop));
    }

    /// <summary>What people said becomes the outcome of runs.</summary>
    public Task SettleAsync() => Slice.Get<AgentSettling>().PassAsync(Stop);

    /// <summary>An open case of a large amount, so of high severity.</summary>
    public async Task<CaseRow> GraveCaseAsync(string account = "a-1")
    {
        await cases.SendAsync(account, 1, 25_000m);
        await cases.ConsumeAsync();
        return await cases.CaseOfAsync(account);
    }

    /// <summary>One more transaction of an account with confirmed fraud; returns its decision.</summary>
    public async Task<Guid> DecisionAfterFraudAsync(string account, decimal amount = 12.5m)
    {
        await cases.SendAsync(account);
        await cases.ConsumeAsync();
        await cases.DoneAsync((await cases.CaseOfAsync(account)).Id, new CaseChange.Resolve(CaseOutcomes.ConfirmedFraud, "A stolen card.", null));
        return (await cases.SendAsync(account, 1, amount))[0];
    }

    /// <summary>As if a worker had died after the request was opened and before it was noted.</summary>
    public async Task ForgetRequestAsync(AgentRunRow run)
    {
        await using FinObsDbContext db = Slice.Database.CreateContext();
        await db.AgentRuns.Where(row => row.Id == run.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, AgentRunState.Proposed).SetProperty(row => row.ApprovalId, (Guid?)null), Stop);
    }

    public async Task<int> RequestsAsync()
    {
        await using FinObsDbContext db = Slice.Database.CreateContext();
        return await db.ApprovalRequests.CountAsync(Stop);
    }

    public ValueTask DisposeAsync() => cases.DisposeAsync();
}
