using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>
/// Risk begins at the case's severity; one up for confirmed fraud of the same account or three blocked transactions, one down where three or more like it all ended as legitimate. From high on a case that is not escalated
/// is to be escalated, any other without somebody is to be assigned, where it is configured to whom.
/// </summary>
internal static class TriageRules
{
    private const int ManyBlocked = 3;
    private const int EnoughAlike = 3;

    public static AgentDraft Draft(AgentInput.IncidentTriage input, EvidenceSet evidence, AgentsOptions options)
    {
        CaseFacts facts = evidence.Facts<CaseFacts>(CaseFacts.Kind)!;
        SimilarFacts? similar = evidence.Facts<SimilarFacts>(SimilarFacts.Kind);
        string id = $"{CaseFacts.Kind}:{input.CaseId}";
        DraftParts parts = new();
        parts.Support(id, "/severity", ClaimOperator.Equal, facts.Severity);
        parts.State(id, "/transactions", facts.Transactions);
        foreach (string reason in facts.Reasons.Take(3))
        {
            parts.Support(id, "/reasons", ClaimOperator.Contains, reason);
        }

        FindingRisk risk = Adjust(SeverityOf(facts.Severity), facts, similar, id, similar is null ? "" : DraftParts.IdOf(evidence, SimilarFacts.Kind), parts);
        if (facts.Overdue)
        {
            parts.State(id, "/overdue", true);
        }

        return parts.Draft(risk, Next(input.CaseId, risk, facts, options));
    }

    /// <summary>What is to be done with a case of that risk.</summary>
    public static AgentRecommendation Next(Guid caseId, FindingRisk risk, CaseFacts facts, AgentsOptions options) =>
        risk >= FindingRisk.High && facts.Status is not ("escalated" or "resolved") ? new AgentRecommendation.EscalateCase(caseId)
        : facts is { Assigned: false, Status: not "resolved" } && options.AssignTo is { Length: > 0 } to ? new AgentRecommendation.AssignCase(caseId, to)
        : new AgentRecommendation.None();

    public static FindingRisk SeverityOf(string severity) => severity switch
    {
        "low" => FindingRisk.Low,
        "medium" => FindingRisk.Medium,
        "high" => FindingRisk.High,
        _ => FindingRisk.Critical,
    };

    private static FindingRisk Adjust(FindingRisk risk, CaseFacts facts, SimilarFacts? similar, string id, string likeId, DraftParts parts)
    {
        if (similar is { SameAccountFraud: > 0 })
        {
            parts.Support(likeId, "/same_account_fraud", ClaimOperator.AtLeast, 1);
            return DraftParts.Raised(risk);
        }

        if (facts.Blocked >= ManyBlocked)
        {
            parts.Support(id, "/blocked", ClaimOperator.AtLeast, ManyBlocked);
            return DraftParts.Raised(risk);
        }

        if (similar is { ConfirmedFraud: 0, Legitimate: >= EnoughAlike })
        {
            parts.Support(likeId, "/confirmed_fraud", ClaimOperator.Equal, 0);
            parts.Support(likeId, "/legitimate", ClaimOperator.AtLeast, EnoughAlike);
            return DraftParts.Lowered(risk);
        }

        return risk;
    }
}
