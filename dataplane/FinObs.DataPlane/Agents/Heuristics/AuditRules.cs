using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>
/// Says what was done most, and what people decided otherwise. Medium where anything was overridden or refused, high where at least a tenth of what was flagged was overridden: then thresholds or rules do not fit.
/// </summary>
internal static class AuditRules
{
    private const int Named = 5;
    private const int Tenth = 10;

    public static AgentDraft Draft(AgentInput.AuditSummary input, EvidenceSet evidence)
    {
        PeriodFacts facts = evidence.Facts<PeriodFacts>(PeriodFacts.Kind)!;
        string id = DraftParts.IdOf(evidence, PeriodFacts.Kind);
        DraftParts parts = new();
        parts.State(id, "/from", input.From);
        parts.State(id, "/to", input.To);
        parts.Support(id, "/acts", ClaimOperator.Equal, facts.Acts);
        parts.State(id, "/reviewed", facts.Reviewed);
        parts.State(id, "/blocked", facts.Blocked);
        parts.Support(id, "/overridden", ClaimOperator.Equal, facts.Overridden);
        parts.Support(id, "/rejected_approvals", ClaimOperator.Equal, facts.RejectedApprovals);
        foreach ((string kind, int count) in facts.ByKind.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(Named))
        {
            parts.State(id, $"/by_kind/{kind}", count);
        }

        int flagged = facts.Reviewed + facts.Blocked;
        FindingRisk risk = facts.Overridden > 0 && facts.Overridden * Tenth >= flagged ? FindingRisk.High
            : facts.Overridden + facts.RejectedApprovals > 0 ? FindingRisk.Medium
            : FindingRisk.Low;
        return parts.Draft(risk, new AgentRecommendation.None());
    }
}
