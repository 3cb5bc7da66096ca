using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>
/// Risk begins at what holds: approve low, review medium, block high; one up for confirmed fraud of the account, one down where it has at least five transactions found legitimate and none fraudulent. Proposed is: a review of
/// an account with fraud to be blocked; a review without a rule behind it, of an account that only ever was legitimate, to be approved; a block of an account with fraud to put the account on the configured list.
/// A block is never loosened and a rule never set aside.
/// </summary>
internal static class ComplianceRules
{
    private const int EnoughLegitimate = 5;

    public static AgentDraft Draft(AgentInput.ComplianceCheck input, EvidenceSet evidence, AgentsOptions options)
    {
        DecisionFacts facts = evidence.Facts<DecisionFacts>(DecisionFacts.Kind)!;
        AccountFacts? account = evidence.Facts<AccountFacts>(AccountFacts.Kind);
        string id = $"{DecisionFacts.Kind}:{input.DecisionId}";
        string accountId = account is null ? "" : DraftParts.IdOf(evidence, AccountFacts.Kind);
        DraftParts parts = new();
        parts.Support(id, "/holds", ClaimOperator.Equal, facts.Holds);
        parts.State(id, "/amount", facts.Amount);
        parts.State(id, "/currency", facts.Currency);
        Score(id, facts, parts);
        foreach (string reason in facts.Reasons.Take(3))
        {
            parts.Support(id, "/reasons", ClaimOperator.Contains, reason);
        }

        foreach (string rule in facts.Rules.Take(3))
        {
            parts.Support(id, "/rules", ClaimOperator.Contains, rule);
        }

        bool fraud = account is { Fraud: > 0 };
        bool clean = account is { Fraud: 0, Legitimate: >= EnoughLegitimate };
        FindingRisk risk = facts.Holds switch { "approve" => FindingRisk.Low, "block" => FindingRisk.High, _ => FindingRisk.Medium };
        if (fraud)
        {
            parts.Support(accountId, "/fraud", ClaimOperator.AtLeast, 1);
            risk = DraftParts.Raised(risk);
        }
        else if (clean)
        {
            parts.Support(accountId, "/fraud", ClaimOperator.Equal, 0);
            parts.Support(accountId, "/legitimate", ClaimOperator.AtLeast, EnoughLegitimate);
            risk = DraftParts.Lowered(risk);
        }

        return parts.Draft(risk, Next(input.DecisionId, facts, fraud, clean, options));
    }

    private static void Score(string id, DecisionFacts facts, DraftParts parts)
    {
        if (facts.Score is not { } score)
        {
            parts.State<double?>(id, "/score", null);
        }
        else if (facts.BlockAt is { } block && score >= block)
        {
            parts.Support(id, "/score", ClaimOperator.AtLeast, block);
        }
        else if (facts.ReviewAt is { } review && score >= review)
        {
            parts.Support(id, "/score", ClaimOperator.AtLeast, review);
        }
        else
        {
            parts.State(id, "/score", score);
        }
    }

    private static AgentRecommendation Next(Guid decisionId, DecisionFacts facts, bool fraud, bool clean, AgentsOptions options) =>
        facts.Holds == Decision.Review.OnTheWire() && fraud ? new AgentRecommendation.OverrideDecision(decisionId, Decision.Block)
        : facts.Holds == Decision.Review.OnTheWire() && clean && facts.Rules.Count == 0 && facts.Score is not null ? new AgentRecommendation.OverrideDecision(decisionId, Decision.Approve)
        : facts.Holds == Decision.Block.OnTheWire() && fraud && facts.HasAccount && options.WatchList is { Length: > 0 } list
            ? new AgentRecommendation.AddToList(decisionId, list, ListedField.Account, options.WatchDays)
        : new AgentRecommendation.None();
}
