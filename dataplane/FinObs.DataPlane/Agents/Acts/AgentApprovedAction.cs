using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Acts;

/// <summary>
/// What an agent proposed and people agreed to. The act itself, the end of the run, its action, all leaves and the end of the request are one commit: it is done once or not at all, whoever asks twice.
/// </summary>
/// <param name="type">Of <see cref="AgentRecommendation.Types"/>.</param>
/// <param name="runs">Runs.</param>
/// <param name="acts">What can be done.</param>
/// <param name="audit">Makes leaves.</param>
internal sealed class AgentApprovedAction(string type, AgentRuns runs, AgentActs acts, AuditComposer audit) : IApprovedAction
{
    public string Action { get; } = AgentRecommendation.Prefix + type;

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        if (AgentProposal.Read(request.Payload) is not { } proposal || proposal.Action != Action || await runs.FindAsync(proposal.RunId, cancellationToken) is not { } run || run.Namespace != request.Namespace)
        {
            return new ApprovedOutcome.Impossible("No agent has proposed this.");
        }

        if (run.State is not (AgentRunState.Proposed or AgentRunState.Asked))
        {
            return new ApprovedOutcome.Impossible($"The run that proposed it is over: {run.State}.");
        }

        PreparedAct prepared = await acts.PrepareAsync(proposal, run, request, cancellationToken);
        if (prepared is not PreparedAct.Ready ready)
        {
            return new ApprovedOutcome.Impossible(((PreparedAct.Impossible)prepared).Why);
        }

        string agreed = request.ApprovedBy.Count == 0 ? "by policy, without asking" : $"agreed to by {string.Join(", ", request.ApprovedBy)}";
        AgentActionRow action = runs.ActionOf(run, AgentRunState.Done, run.Agent.Actor(), $"{proposal.Recommendation.Words}: done, {agreed}.") with { ApprovalId = request.ApprovedBy.Count == 0 ? null : request.Id };
        AuditAct[] all = [.. ready.Acts, action.Act(run.SubjectId, run.Traceparent)];
        using AuditBatch batch = await audit.PrepareAsync(run.Namespace, all.Select(act => act.Subject), cancellationToken);
        ComposedLeaf[] leaves = [.. all.Select(act => batch.Compose(act with { Traceparent = act.Traceparent ?? run.Traceparent }))];
        return new ApprovedOutcome.Ready(async (session, cancel) =>
        {
            try
            {
                if (!await AgentRuns.WriteAsync(session, run, run with { State = AgentRunState.Done, ApprovalId = action.ApprovalId }, action with { LeafId = leaves[^1].LeafId }, cancel)
                    || !await ready.WriteAsync(session, [.. leaves.Take(ready.Acts.Count).Select(leaf => leaf.LeafId)], cancel))
                {
                    return false;
                }
            }
            catch (DbUpdateException)
            {
                // Somebody labelled one of the transactions, or moved the run on, at this moment.
                return false;
            }

            await session.InsertAsync([AuditLeaf.Table.Rows([.. leaves.Select(leaf => leaf.Leaf)]), OutboxBlock.Rows([.. leaves.Select(leaf => leaf.Outbox)])], cancel);
            return true;
        }, ready.Committed);
    }
}
