using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Acts;

/// <summary>
/// Asks people about what a run proposes. The request exists before the run says so: whoever dies in between finds it again by its hash, which holds the run's id. Only a change of who works on a case may be done without
/// asking, or a question to them, and only where a policy says so.
/// </summary>
internal sealed class AgentAsking(IDatabase database, AgentRuns runs, OverrideWriter overrides, IApprovalGate gate, ApprovedActions actions, OutboxSignal outbox, IOptions<AgentsOptions> options)
{
    private const int LongestReason = 2_000;
    private const int Rounds = 5;

    /// <summary>They move work between people and can be moved back, or ask people something.</summary>
    private static readonly string[] LowRisk = [AgentRecommendation.AssignType, AgentRecommendation.EscalateType, AgentRecommendation.InformationType];

    /// <summary>One run that proposes something; nothing happens where another worker is faster.</summary>
    public async Task AskAsync(AgentRunRow run, CancellationToken cancellationToken)
    {
        AgentActionRow found = (await runs.ActionsAsync(run.Id, cancellationToken)).Last(action => action.Finding is not null);
        using JsonDocument finding = JsonDocument.Parse(found.Finding!);
        AgentRecommendation recommendation = RecommendationJson.Read(finding.RootElement.GetProperty("recommended_action"), out string? problem) ?? throw new InvalidDataException(problem);
        AgentProposal proposal = new(
            run.Id, recommendation, recommendation is AgentRecommendation.OverrideDecision otherwise ? (await overrides.SeenAsync(otherwise.DecisionId, cancellationToken))?.Holds : null);
        if (!run.Simulation && LowRisk.Contains(recommendation.Type, StringComparer.Ordinal) && !gate.IsRequired(proposal.Action))
        {
            await DoAsync(proposal, run, cancellationToken);
            return;
        }

        ApprovalAsk ask = AskOf(run, proposal, found, finding.RootElement);
        Guid request = await FindAsync(ask, cancellationToken) ?? await gate.RequestAsync(ask, cancellationToken);
        AgentActionRow action = runs.ActionOf(run, AgentRunState.Asked, run.Agent.Actor(), $"People are asked: {recommendation.Words}.") with { ApprovalId = request };
        await runs.ActAsync(run, run with { State = AgentRunState.Asked, ApprovalId = request }, action, cancellationToken);
    }

    /// <summary>A request for the same that somebody may have decided on already.</summary>
    private async Task<Guid?> FindAsync(ApprovalAsk ask, CancellationToken cancellationToken)
    {
        string hash = BoundHash.Of(ask);
        await using FinObsDbContext db = database.CreateContext();
        return await db.ApprovalRequests.Where(row => row.About == ask.About && row.Namespace == ask.Namespace && row.BoundHash == hash)
            .OrderByDescending(row => row.Id).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task DoAsync(AgentProposal proposal, AgentRunRow run, CancellationToken cancellationToken)
    {
        IApprovedAction action = actions.Find(proposal.Action)!;
        ApprovedRequest request = new(run.Id, run.Namespace, proposal.Action, proposal.Recommendation.Target!, proposal.ToJson(), run.Agent.Actor(), []);
        for (int round = 0; round < Rounds; round++)
        {
            ApprovedOutcome outcome = await action.PrepareAsync(request, cancellationToken);
            if (outcome is not ApprovedOutcome.Ready ready)
            {
                string why = ((ApprovedOutcome.Impossible)outcome).Why;
                await runs.ActAsync(run, run with { State = AgentRunState.Impossible }, runs.ActionOf(run, AgentRunState.Impossible, run.Agent.Actor(), why), cancellationToken);
                return;
            }

            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            if (await ready.WriteAsync(session, cancellationToken))
            {
                await session.CommitAsync(cancellationToken);
                outbox.Raise();
                ready.Committed?.Invoke();
                return;
            }
        }
    }

    private ApprovalAsk AskOf(AgentRunRow run, AgentProposal proposal, AgentActionRow found, JsonElement finding)
    {
        string reason = string.Join(' ', finding.GetProperty("summary").EnumerateArray().Select(sentence => sentence.GetString()));

        // Whoever works alone on the machine, where no access is configured, has nobody else to ask.
        string[] excluded = [.. new[] { options.Value.Owner, run.RequestedBy }.OfType<string>().Where(name => name.Length > 0 && name is not (AgentConsumer.Requester or Caller.Local)).Distinct(StringComparer.Ordinal)];
        return new ApprovalAsk
        {
            Namespace = run.Namespace,
            Action = proposal.Action,
            Target = proposal.Recommendation.Target!,
            Summary = $"{proposal.Recommendation.Words}, proposed by {run.Agent.OnTheWire()} ({finding.GetProperty("source").GetString()})",
            Payload = proposal.ToJson(),
            Evidence = CanonicalObject.Of(
                ("claims_dropped", finding.GetProperty("dropped").GetInt32()), ("claims_verified", finding.GetProperty("verified").GetInt32()), ("confidence", finding.GetProperty("confidence").GetDouble()),
                ("finding", found.Id), ("risk_level", finding.GetProperty("risk_level").GetString()), ("summary", finding.GetProperty("summary").EnumerateArray().Select(sentence => sentence.GetString()!))),
            ModelDigest = finding.GetProperty("prompt").GetString(),
            RequestedBy = run.Agent.Actor(),
            Reason = reason.Length <= LongestReason ? reason : $"{reason[..(LongestReason - 1)]}…",
            Excluded = excluded,
            About = run.SubjectId,
            Simulation = run.Simulation,
        };
    }
}
