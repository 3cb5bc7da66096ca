using System.Text;
using FinObs.DataPlane.Agents.Acts;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>
/// Takes a run from its beginning to the request: evidence, the agent's answer, the check, then the finding in one commit with its leaf. Any number of workers may be at it; of two that have the same run one finding counts.
/// </summary>
internal sealed partial class AgentRunner(AgentRuns runs, EvidenceReader evidence, IAgent agent, AgentAsking asking, IOptions<AgentsOptions> options, TimeProvider time, ILogger<AgentRunner> logger)
{
    private const int Most = 50;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>What is due; returns how many runs were moved on.</summary>
    public async Task<int> PassAsync(CancellationToken cancellationToken)
    {
        List<Guid> due = await runs.DueAsync(Most, cancellationToken);
        foreach (Guid id in due)
        {
            await RunAsync(id, cancellationToken);
        }

        return due.Count;
    }

    /// <summary>As far as it goes now. A fault is noted, and tried again later.</summary>
    public async Task RunAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
        {
            return;
        }

        try
        {
            if (run.State != AgentRunState.Proposed)
            {
                if (await runs.TakeAsync(run, options.Value.Lease, cancellationToken) is not { } taken)
                {
                    return;
                }

                run = taken;
                if (await LookAsync(run, cancellationToken) is not { State: AgentRunState.Proposed } proposed)
                {
                    return;
                }

                run = proposed;
            }

            await asking.AskAsync(run, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Faulted(logger, run.Agent, run.Id, exception);
            await PutOffAsync(run, cancellationToken);
        }
    }

    /// <summary>Null where another worker has it meanwhile.</summary>
    private async Task<AgentRunRow?> LookAsync(AgentRunRow run, CancellationToken cancellationToken)
    {
        AgentInput input = run.Input();
        if (await evidence.ReadAsync(input, cancellationToken) is not { } shown)
        {
            return await runs.ActAsync(
                run, run with { State = AgentRunState.Failed, LeaseUntil = null }, runs.ActionOf(run, AgentRunState.Failed, run.Agent.Actor(), $"There is no {input.Subject} in this namespace."), cancellationToken);
        }

        using CancellationTokenSource timeout = new(options.Value.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        AgentFinding finding = FindingCheck.Of(run.Agent, await agent.AskAsync(input, shown, either.Token), shown, options.Value);
        AgentMetrics.Found(finding);
        AgentRunState state = finding.Recommendation is AgentRecommendation.None ? AgentRunState.NoAction : AgentRunState.Proposed;
        AgentActionRow action = runs.ActionOf(run, state, run.Agent.Actor(), DetailOf(finding)) with
        {
            Finding = Encoding.UTF8.GetString(finding.ToJson()),
            Evidence = Encoding.UTF8.GetString(shown.ToJson()),
        };
        return await runs.ActAsync(run, run with { State = state, LeaseUntil = null }, action, cancellationToken);
    }

    private static string DetailOf(AgentFinding finding) =>
        $"{finding.Source}: risk {AgentFinding.Wire(finding.Risk)}. {finding.Recommendation.Words}.{(finding.Withheld is { } why ? $" What it recommended is left out: {why}" : "")}";

    private async Task PutOffAsync(AgentRunRow run, CancellationToken cancellationToken)
    {
        if (run.State == AgentRunState.Running && run.Attempts >= options.Value.MostAttempts)
        {
            AgentActionRow failed = runs.ActionOf(run, AgentRunState.Failed, run.Agent.Actor(), $"There was no answer in {run.Attempts} attempts: the log of this host says why.");
            await runs.ActAsync(run, run with { State = AgentRunState.Failed, LeaseUntil = null }, failed, cancellationToken);
            return;
        }

        TimeSpan pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(run.Attempts, 10)));
        AgentRunState state = run.State == AgentRunState.Running ? AgentRunState.Waiting : run.State;
        await runs.MoveAsync(run, run with { State = state, LeaseUntil = null, DueAt = runs.Now() + pause }, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The run {Id} of {Agent} could not be taken further; it is tried again.")]
    private static partial void Faulted(ILogger logger, AgentKind agent, Guid id, Exception exception);
}
