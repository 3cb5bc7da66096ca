namespace FinObs.DataPlane.Agents;

/// <summary>The four agents.</summary>
internal enum AgentKind
{
    /// <summary>How grave a case is, and who has to look at it.</summary>
    IncidentTriage,

    /// <summary>Whether a decision holds against its reasons and the account's history.</summary>
    ComplianceCheck,

    /// <summary>What would mend what a case is about.</summary>
    Remediation,

    /// <summary>What the audit log says of a period.</summary>
    AuditSummary,
}

internal static class AgentNames
{
    public static string OnTheWire(this AgentKind kind) => kind switch
    {
        AgentKind.IncidentTriage => "incident_triage",
        AgentKind.ComplianceCheck => "compliance_check",
        AgentKind.Remediation => "remediation",
        _ => "audit_summary",
    };

    /// <summary>As the audit log names the agent.</summary>
    public static string Actor(this AgentKind kind) => $"agent:{kind.OnTheWire()}";
}
