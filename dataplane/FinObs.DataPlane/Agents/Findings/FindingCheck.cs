using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Rollout.Steps;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>
/// Makes of what an agent said what may be shown and proposed: claims that do not hold are dropped, prose is made of those that do, and an act is proposed only where something that holds speaks for it and the agent was
/// shown what it is done to. So an agent that obeys what somebody wrote into a transaction can neither state a falsehood nor reach beyond its matter.
/// </summary>
internal static class FindingCheck
{
    public static AgentFinding Of(AgentKind agent, AgentReply reply, EvidenceSet evidence, AgentsOptions options)
    {
        AgentDraft draft = reply.Draft;
        CheckedClaim[] claims = [.. draft.Claims.Select(claim => ClaimCheck.Of(claim, evidence))];
        string? withheld = WhyWithheld(agent, draft.Recommendation, claims, evidence, options);
        return new AgentFinding
        {
            Agent = agent,
            Source = reply.Source,
            Model = reply.Model,
            PromptDigest = reply.PromptDigest,
            Risk = draft.Risk,
            Confidence = draft.Confidence,
            Summary = [.. claims.Where(claim => claim.Verdict == ClaimVerdict.Holds).Select(claim => ClaimSentence.Of(claim, evidence.Find(claim.Claim.Evidence)!)).Distinct(StringComparer.Ordinal)],
            Unverified = draft.Rationale,
            Recommendation = withheld is null ? draft.Recommendation : new AgentRecommendation.None(),
            Withheld = withheld,
            Claims = claims,
            EvidenceDigest = EvidenceSet.DigestOf(evidence.ToJson()),
            InputTokens = reply.InputTokens,
            OutputTokens = reply.OutputTokens,
        };
    }

    /// <summary>What each agent may propose at all.</summary>
    private static readonly Dictionary<AgentKind, string[]> Allowed = new()
    {
        [AgentKind.IncidentTriage] = [AgentRecommendation.EscalateType, AgentRecommendation.AssignType, AgentRecommendation.HoldType, AgentRecommendation.ReleaseType, AgentRecommendation.InformationType],
        [AgentKind.ComplianceCheck] = [AgentRecommendation.OverrideType, AgentRecommendation.ListType],
        [AgentKind.Remediation] =
        [
            AgentRecommendation.EscalateType, AgentRecommendation.AssignType, AgentRecommendation.HoldType, AgentRecommendation.ReleaseType, AgentRecommendation.InformationType, AgentRecommendation.ListType,
            AgentRecommendation.PauseType, AgentRecommendation.EnableType, AgentRecommendation.BacktestType,
        ],
        [AgentKind.AuditSummary] = [],
    };

    private static string? WhyWithheld(AgentKind agent, AgentRecommendation recommendation, CheckedClaim[] claims, EvidenceSet evidence, AgentsOptions options)
    {
        if (recommendation.Target is not { } target)
        {
            return null;
        }

        if (!Allowed[agent].Contains(recommendation.Type, StringComparer.Ordinal))
        {
            return $"This agent proposes no {recommendation.Type}.";
        }

        if (evidence.Find(target) is not { Untrusted: false })
        {
            return "It was not shown what it would have this done to.";
        }

        if (WhyBeyond(recommendation, evidence.Find(target)!, options) is { } beyond)
        {
            return beyond;
        }

        return Array.Exists(claims, claim => claim.Verdict == ClaimVerdict.Holds) ? null : "Nothing that it claims holds.";
    }

    /// <summary>What no agent may propose, whatever it found.</summary>
    private static string? WhyBeyond(AgentRecommendation recommendation, EvidenceDocument target, AgentsOptions options) => recommendation switch
    {
        AgentRecommendation.AddToList list when list.List != options.WatchList => "It is not the list that is configured for agents.",
        AgentRecommendation.AssignCase assign when assign.To != options.AssignTo && assign.To != options.AssignTechnicalTo => "It is nobody to whom agents may assign, as configured.",
        AgentRecommendation.ReleaseCase when !target.Read<CaseFacts>().OnHold => "The case is not on hold.",
        AgentRecommendation.PauseRollout when target.Read<CandidateFacts>().Phase != nameof(RolloutPhase.Progressing) => "The rollout does not get any further as it is.",
        AgentRecommendation.EnableCallback when !target.Read<CallbackFacts>().Disabled => "Deliveries to it are not disabled.",
        AgentRecommendation.OverrideDecision { To: not Decision.Block } when target.Read<DecisionFacts>().Holds == Decision.Block.OnTheWire() => "No agent proposes to loosen a block.",
        AgentRecommendation.OverrideDecision otherwise when target.Read<DecisionFacts>().Holds == otherwise.To.OnTheWire() => "It holds already.",
        _ => null,
    };
}
