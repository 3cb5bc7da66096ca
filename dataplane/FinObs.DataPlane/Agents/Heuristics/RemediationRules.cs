using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Rollout.Steps;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>
/// A case of flagged transactions whose account has confirmed fraud: the account onto the configured list. A technical case (drift, deliveries, replay): what would mend it, else to those who look after it, where it is configured who that is. Anything
/// else goes as triage would have it.
/// </summary>
internal static class RemediationRules
{
    private const int BacktestDays = 30;
    private static readonly string[] Technical = ["drift", "callbacks", "replay"];

    public static AgentDraft Draft(AgentInput.Remediation input, EvidenceSet evidence, AgentsOptions options)
    {
        CaseFacts facts = evidence.Facts<CaseFacts>(CaseFacts.Kind)!;
        AccountFacts? account = evidence.Facts<AccountFacts>(AccountFacts.Kind);
        string id = $"{CaseFacts.Kind}:{input.CaseId}";
        DraftParts parts = new();
        parts.Support(id, "/type", ClaimOperator.Equal, facts.Type);
        parts.Support(id, "/severity", ClaimOperator.Equal, facts.Severity);
        parts.State(id, "/status", facts.Status);
        FindingRisk risk = TriageRules.SeverityOf(facts.Severity);
        if (Technical.Contains(facts.Source, StringComparer.Ordinal))
        {
            parts.Support(id, "/source", ClaimOperator.Equal, facts.Source);
            return parts.Draft(risk, Mend(evidence, parts) ?? (facts is { Assigned: false, Status: not "resolved" } && options.AssignTechnicalTo is { Length: > 0 } to
                ? new AgentRecommendation.AssignCase(input.CaseId, to)
                : TriageRules.Next(input.CaseId, risk, facts, options)));
        }

        if (account is { Fraud: > 0 } && options.WatchList is { Length: > 0 } list && BlockedOne(evidence) is { } decision)
        {
            parts.Support(DraftParts.IdOf(evidence, AccountFacts.Kind), "/fraud", ClaimOperator.AtLeast, 1);
            parts.Support($"{DecisionFacts.Kind}:{decision}", "/holds", ClaimOperator.Equal, Decision.Block.OnTheWire());
            return parts.Draft(DraftParts.Raised(risk), new AgentRecommendation.AddToList(decision, list, ListedField.Account, options.WatchDays));
        }

        return parts.Draft(risk, TriageRules.Next(input.CaseId, risk, facts, options));
    }

    /// <summary>A candidate that drifts gets no further; a target whose server was only busy or away is tried again; a version that drifts and decides is backtested.</summary>
    private static AgentRecommendation? Mend(EvidenceSet evidence, DraftParts parts)
    {
        foreach (EvidenceDocument document in evidence.Documents)
        {
            string name = document.Id[(document.Id.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (document.Id.StartsWith($"{CandidateFacts.Kind}:", StringComparison.Ordinal) && document.Read<CandidateFacts>().Phase == nameof(RolloutPhase.Progressing))
            {
                parts.Support(document.Id, "/phase", ClaimOperator.Equal, nameof(RolloutPhase.Progressing));
                return new AgentRecommendation.PauseRollout(name);
            }

            if (document.Id.StartsWith($"{CallbackFacts.Kind}:", StringComparison.Ordinal) && document.Read<CallbackFacts>() is { Disabled: true, LastStatus: 0 or 408 or 429 or >= 500 } target)
            {
                parts.Support(document.Id, "/disabled", ClaimOperator.Equal, true);
                parts.Support(document.Id, "/last_status", ClaimOperator.Equal, target.LastStatus);
                return new AgentRecommendation.EnableCallback(name);
            }
        }

        if (evidence.Facts<ModelFacts>(ModelFacts.Kind) is { Drifting: true } model)
        {
            parts.Support(DraftParts.IdOf(evidence, ModelFacts.Kind), "/drifting", ClaimOperator.Equal, true);
            return new AgentRecommendation.RunBacktest(model.Model, model.Version, BacktestDays);
        }

        return null;
    }

    private static Guid? BlockedOne(EvidenceSet evidence) =>
        evidence.Documents.Where(document => document.Id.StartsWith($"{DecisionFacts.Kind}:", StringComparison.Ordinal)).FirstOrDefault(document => document.Read<DecisionFacts>().Holds == Decision.Block.OnTheWire()) is { } found
            ? Guid.Parse(found.Id[(DecisionFacts.Kind.Length + 1)..])
            : null;
}
