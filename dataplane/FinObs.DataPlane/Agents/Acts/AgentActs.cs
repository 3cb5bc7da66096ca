using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Agents.Acts;

/// <summary>Whether what was proposed can be done.</summary>
internal abstract record PreparedAct
{
    /// <param name="Acts">In the order of the leaves that it wants.</param>
    /// <param name="WriteAsync">Its rows; false where something changed meanwhile.</param>
    /// <param name="Committed">After the commit; must not fail.</param>
    internal sealed record Ready(IReadOnlyList<AuditAct> Acts, Func<IWriteSession, IReadOnlyList<Guid>, CancellationToken, Task<bool>> WriteAsync, Action? Committed = null) : PreparedAct;

    internal sealed record Impossible(string Why) : PreparedAct;
}

/// <summary>Makes ready what agents propose, by the same classes by which people do it. The actor is the agent; who agreed, the approval says.</summary>
internal sealed class AgentActs(CaseActions cases, PlatformActs platform, OverrideWriter overrides, ListStore lists, RuleBook rules, AuditedCommit commit)
{
    public Task<PreparedAct> PrepareAsync(AgentProposal proposal, AgentRunRow run, ApprovedRequest request, CancellationToken cancellationToken) => proposal.Recommendation switch
    {
        AgentRecommendation.EscalateCase escalate => ChangeAsync(escalate.CaseId, run, new CaseChange.Escalate(ReasonOf(run, request)), cancellationToken),
        AgentRecommendation.AssignCase assign => ChangeAsync(assign.CaseId, run, new CaseChange.Assign(assign.To), cancellationToken),
        AgentRecommendation.HoldCase hold => ChangeAsync(hold.CaseId, run, new CaseChange.Snooze(commit.Now().AddDays(hold.Days), ReasonOf(run, request)), cancellationToken),
        AgentRecommendation.ReleaseCase release => ChangeAsync(release.CaseId, run, new CaseChange.Snooze(null, ReasonOf(run, request)), cancellationToken),
        AgentRecommendation.RequestInformation information => ChangeAsync(information.CaseId, run, new CaseChange.Comment($"{information.Question} {ReasonOf(run, request)}"), cancellationToken),
        AgentRecommendation.PauseRollout pause => platform.PauseAsync(pause, run, ReasonOf(run, request), cancellationToken),
        AgentRecommendation.EnableCallback enable => platform.EnableAsync(enable, run, cancellationToken),
        AgentRecommendation.RunBacktest backtest => platform.BacktestAsync(backtest, run, cancellationToken),
        AgentRecommendation.OverrideDecision otherwise => OverrideAsync(otherwise, proposal, run, request, cancellationToken),
        AgentRecommendation.AddToList list => ListAsync(list, run, request, cancellationToken),
        _ => Task.FromResult<PreparedAct>(new PreparedAct.Impossible("There is nothing to be done.")),
    };

    private async Task<PreparedAct> ChangeAsync(Guid id, AgentRunRow run, CaseChange change, CancellationToken cancellationToken) => await cases.PrepareAsync(id, run.Agent.Actor(), change, cancellationToken) switch
    {
        CasePreparation.Ready ready => new PreparedAct.Ready(ready.Change.Acts, ready.Change.WriteAsync),
        CasePreparation.Impossible impossible => new PreparedAct.Impossible(impossible.Why),
        _ => new PreparedAct.Impossible("The case cannot be changed."),
    };

    private async Task<PreparedAct> OverrideAsync(AgentRecommendation.OverrideDecision wish, AgentProposal proposal, AgentRunRow run, ApprovedRequest request, CancellationToken cancellationToken)
    {
        if (await overrides.SeenAsync(wish.DecisionId, cancellationToken) is not { } seen)
        {
            return new PreparedAct.Impossible("The decision is not there any more.");
        }

        if (seen.Holds != proposal.From)
        {
            return new PreparedAct.Impossible("The decision was overridden meanwhile: what people agreed to is no longer what holds.");
        }

        WantedOverride wanted = new(wish.DecisionId, seen.Holds, wish.To, ReasonOf(run, request), run.Agent.Actor());
        ReadyOverride ready = await overrides.PrepareAsync(wanted, seen, request, cancellationToken);
        return new PreparedAct.Ready(ready.Acts, ready.WriteAsync);
    }

    private async Task<PreparedAct> ListAsync(AgentRecommendation.AddToList wish, AgentRunRow run, ApprovedRequest request, CancellationToken cancellationToken)
    {
        if (!rules.Current.Lists.ContainsKey(wish.List))
        {
            return new PreparedAct.Impossible($"No list {wish.List} is declared any more.");
        }

        if (await overrides.SeenAsync(wish.DecisionId, cancellationToken) is not { } seen
            || (wish.Field == ListedField.Account ? seen.Stored.Transaction.AccountId : seen.Stored.Transaction.CounterpartyId) is not { } value
            || value.StartsWith(ErasedSubject.Prefix, StringComparison.Ordinal))
        {
            return new PreparedAct.Impossible("The transaction has no such value, or it was erased.");
        }

        if (await lists.HasAsync(run.Namespace, wish.List, value, cancellationToken))
        {
            return new PreparedAct.Impossible("It stands on the list already.");
        }

        ReadyListEntry ready = lists.Prepare(new NewListEntry(run.Namespace, wish.List, value, commit.Now().AddDays(wish.Days), ReasonOf(run, request), run.Agent.Actor()));
        return new PreparedAct.Ready([ready.Act], (session, leaves, cancel) => ready.WriteAsync(session, leaves[0], cancel));
    }

    private static string ReasonOf(AgentRunRow run, ApprovedRequest request) =>
        request.ApprovedBy.Count == 0 ? $"Proposed by {run.Agent.Actor()} in its run {run.Id}; the policy lets it be done without asking." : $"Proposed by {run.Agent.Actor()} in its run {run.Id}, and approved.";
}
