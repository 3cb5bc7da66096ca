using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Heuristics;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>What the fixed rules make of evidence. Whatever they claim passes the same check as what a model claims.</summary>
public sealed class HeuristicAgentTests
{
    private static readonly Guid Id = Guid.Parse("0195a1b2-0000-7000-8000-000000000001");

    private static readonly AgentsOptions Options = new() { AssignTo = "queue:analysts", AssignTechnicalTo = "queue:operations", WatchList = "watched" };

    [Theory]
    [InlineData("low", 0, 0, 0, false, "open", FindingRisk.Low, "case.assign")]
    [InlineData("low", 0, 0, 0, true, "open", FindingRisk.Low, "none")]
    [InlineData("medium", 3, 0, 0, false, "open", FindingRisk.High, "case.escalate")]
    [InlineData("medium", 0, 1, 0, false, "open", FindingRisk.High, "case.escalate")]
    [InlineData("high", 0, 0, 3, false, "open", FindingRisk.Medium, "case.assign")]
    [InlineData("high", 0, 0, 2, false, "open", FindingRisk.High, "case.escalate")]
    [InlineData("high", 0, 0, 0, true, "escalated", FindingRisk.High, "none")]
    [InlineData("critical", 9, 1, 0, false, "in_progress", FindingRisk.Critical, "case.escalate")]
    [InlineData("critical", 0, 0, 0, false, "resolved", FindingRisk.Critical, "none")]
    internal async Task Triage_weighs_severity_blocks_and_how_others_ended(string severity, int blocked, int fraud, int legitimate, bool assigned, string status, FindingRisk risk, string proposed)
    {
        EvidenceSet evidence = new([Case(severity, blocked, assigned, status, "decisions"), Similar(fraud, legitimate)]);

        AgentFinding finding = await FindAsync(new AgentInput.IncidentTriage("default", Id), evidence);

        Assert.Equal((risk, proposed), (finding.Risk, finding.Recommendation.Type));
    }

    [Theory]
    [InlineData("approve", 0, 0, false, FindingRisk.Low, "none")]
    [InlineData("manual_review", 1, 0, false, FindingRisk.High, "decision.override")]
    [InlineData("manual_review", 0, 5, false, FindingRisk.Low, "decision.override")]
    [InlineData("manual_review", 0, 5, true, FindingRisk.Low, "none")]
    [InlineData("manual_review", 0, 4, false, FindingRisk.Medium, "none")]
    [InlineData("block", 0, 9, false, FindingRisk.Medium, "none")]
    [InlineData("block", 2, 9, true, FindingRisk.Critical, "list.entry")]
    internal async Task Compliance_weighs_what_holds_and_what_the_account_turned_out_to_be(string holds, int fraud, int legitimate, bool rule, FindingRisk risk, string proposed)
    {
        EvidenceSet evidence = new([Decided(holds, 0.995, rule), Account(fraud, legitimate)]);

        AgentFinding finding = await FindAsync(new AgentInput.ComplianceCheck("default", Id), evidence);

        Assert.Equal((risk, proposed), (finding.Risk, finding.Recommendation.Type));
        if (finding.Recommendation is AgentRecommendation.OverrideDecision otherwise)
        {
            Assert.Equal(fraud > 0 ? Decision.Block : Decision.Approve, otherwise.To);
        }
    }

    /// <summary>Where no model could score there is nothing that a history could outweigh.</summary>
    [Fact]
    public async Task What_no_model_has_scored_is_not_approved()
    {
        AgentFinding finding = await FindAsync(new AgentInput.ComplianceCheck("default", Id), new EvidenceSet([Decided("manual_review", null, rule: false), Account(0, 50)]));

        Assert.IsType<AgentRecommendation.None>(finding.Recommendation);
        Assert.Contains("Decision: score is not known.", finding.Summary);
    }

    [Theory]
    [InlineData("drift", 0, "case.assign", "queue:operations")]
    [InlineData("callbacks", 3, "case.assign", "queue:operations")]
    [InlineData("decisions", 3, "list.entry", null)]
    [InlineData("decisions", 0, "case.escalate", null)]
    internal async Task Remediation_goes_by_where_the_case_comes_from(string source, int fraud, string proposed, string? to)
    {
        EvidenceSet evidence = new([Case("high", 1, false, "open", source), Similar(0, 0), Decided("block", 0.9999, rule: false), Account(fraud, 0)]);

        AgentFinding finding = await FindAsync(new AgentInput.Remediation("default", Id), evidence);

        Assert.Equal((proposed, to), (finding.Recommendation.Type, (finding.Recommendation as AgentRecommendation.AssignCase)?.To));
    }

    [Theory]
    [InlineData(0, 0, FindingRisk.Low)]
    [InlineData(0, 1, FindingRisk.Medium)]
    [InlineData(1, 0, FindingRisk.Medium)]
    [InlineData(2, 0, FindingRisk.High)]
    internal async Task A_summary_rises_with_what_people_decided_otherwise(int overridden, int rejected, FindingRisk risk)
    {
        AgentInput.AuditSummary input = new("default", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        EvidenceDocument period = EvidenceDocument.Of("period:x", "Audit log", new PeriodFacts
        {
            From = input.From,
            To = input.To,
            Acts = 7,
            ByKind = new Dictionary<string, int>(StringComparer.Ordinal) { ["case.opened"] = 7 },
            Reviewed = 15,
            Blocked = 4,
            Overridden = overridden,
            RejectedApprovals = rejected,
        });

        AgentFinding finding = await FindAsync(input, new EvidenceSet([period]));

        Assert.Equal((risk, "none"), (finding.Risk, finding.Recommendation.Type));
        Assert.Contains("Audit log: by kind case.opened is 7.", finding.Summary);
    }

    /// <summary>Of a source that is labelled, the same each time, and nothing of it dropped.</summary>
    private static async Task<AgentFinding> FindAsync(AgentInput input, EvidenceSet evidence)
    {
        HeuristicAgent agent = new(Microsoft.Extensions.Options.Options.Create(Options));
        AgentFinding finding = FindingCheck.Of(input.Kind, await agent.AskAsync(input, evidence, TestContext.Current.CancellationToken), evidence, Options);

        Assert.Equal(("heuristic", 0, ""), (finding.Source, finding.Dropped, finding.Unverified));
        Assert.Null(finding.Withheld);
        Assert.All(finding.Claims, claim => Assert.Equal(ClaimVerdict.Holds, claim.Verdict));
        Assert.InRange(finding.Confidence, 0.5, 0.9);
        Assert.Equal(finding.ToJson(), FindingCheck.Of(input.Kind, await agent.AskAsync(input, evidence, TestContext.Current.CancellationToken), evidence, Options).ToJson());
        return finding;
    }

    private static EvidenceDocument Case(string severity, int blocked, bool assigned, string status, string source) => EvidenceDocument.Of($"case:{Id}", "CASE-000001", new CaseFacts
    {
        Name = "CASE-000001",
        Type = "suspicious_transactions",
        Status = status,
        Severity = severity,
        Priority = 2,
        Source = source,
        Assigned = assigned,
        Overdue = true,
        Transactions = 10,
        Blocked = blocked,
        Reasons = ["AmountHigh", "NewCounterparty"],
        LargestAmount = 12.5,
        HighestScore = 0.999,
        HasAccount = true,
    });

    private static EvidenceDocument Similar(int fraud, int legitimate) => EvidenceDocument.Of($"similar:{Id}", "Similar cases", new SimilarFacts
    {
        Compared = fraud + legitimate,
        ConfirmedFraud = fraud,
        Legitimate = legitimate,
        SameAccountFraud = fraud,
        Cases = [],
    });

    private static EvidenceDocument Decided(string holds, double? score, bool rule) => EvidenceDocument.Of($"decision:{Id}", "Decision", new DecisionFacts
    {
        Decision = holds,
        Holds = holds,
        Score = score,
        ReviewAt = 0.99,
        BlockAt = 0.999,
        Amount = "12.5",
        Currency = "USD",
        Direction = "debit",
        OccurredAt = DateTimeOffset.UnixEpoch,
        Reasons = ["AmountHigh"],
        Rules = rule ? ["large@1"] : [],
        Regulations = rule ? ["internal policy"] : [],
        Overrides = 0,
        HasAccount = true,
    });

    private static EvidenceDocument Account(int fraud, int legitimate) => EvidenceDocument.Of("account:ref_1", "Account", new AccountFacts { Transactions = 60, Reviewed = 1, Blocked = 1, Fraud = fraud, Legitimate = legitimate });
}
