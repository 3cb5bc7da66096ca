using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Agents.Api;

/// <summary>What an agent is to look at: a case, a decision, or a period, whichever the agent is for.</summary>
/// <param name="CaseId">For incident_triage and remediation.</param>
/// <param name="DecisionId">For compliance_check: our id of it.</param>
/// <param name="From">For audit_summary.</param>
/// <param name="To">For audit_summary: acts before.</param>
/// <param name="Simulation">Walk the whole way, and do nothing at its end.</param>
/// <param name="Namespace">Tenant; default where it is left out.</param>
internal sealed record AgentRunRequest(Guid? CaseId, Guid? DecisionId, DateTimeOffset? From, DateTimeOffset? To, bool? Simulation, string? Namespace)
{
    private const int LongestNamespace = 63;

    /// <summary>The input, or a sentence that says what to send.</summary>
    public (AgentInput? Input, string? Problem) Check(string agent)
    {
        string name = Namespace ?? ModelRouter.DefaultNamespace;
        if (name.Length is 0 or > LongestNamespace)
        {
            return (null, $"namespace must be 1 to {LongestNamespace} characters; leave it out for default.");
        }

        bool period = From is not null || To is not null;
        return agent switch
        {
            "incident_triage" => CaseId is { } id && DecisionId is null && !period ? (new AgentInput.IncidentTriage(name, id), null) : (null, "Send caseId and nothing else to look at."),
            "remediation" => CaseId is { } id && DecisionId is null && !period ? (new AgentInput.Remediation(name, id), null) : (null, "Send caseId and nothing else to look at."),
            "compliance_check" => DecisionId is { } id && CaseId is null && !period ? (new AgentInput.ComplianceCheck(name, id), null) : (null, "Send decisionId and nothing else to look at."),
            "audit_summary" => Period(name),
            _ => (null, "There is no such agent: incident_triage, compliance_check, remediation, audit_summary."),
        };
    }

    private (AgentInput? Input, string? Problem) Period(string name) =>
        From is { } from && To is { } to && CaseId is null && DecisionId is null && from < to && to - from <= AgentInput.AuditSummary.Longest
            ? (new AgentInput.AuditSummary(name, Whole(from), Whole(to)), null)
            : (null, $"Send from and to, instants with a zone, at most {AgentInput.AuditSummary.Longest.Days} days apart, and nothing else to look at.");

    /// <summary>What databases keep.</summary>
    private static DateTimeOffset Whole(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
