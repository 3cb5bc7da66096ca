using System.Globalization;

namespace FinObs.DataPlane.Agents;

/// <summary>What an agent is asked to look at: ids, never text, so that nobody can write a prompt here.</summary>
/// <param name="Namespace">Tenant.</param>
internal abstract record AgentInput(string Namespace)
{
    public abstract AgentKind Kind { get; }

    /// <summary>In a few words, without personal data.</summary>
    public abstract string Subject { get; }

    internal sealed record IncidentTriage(string Namespace, Guid CaseId) : AgentInput(Namespace)
    {
        public override AgentKind Kind => AgentKind.IncidentTriage;

        public override string Subject => $"case {CaseId}";
    }

    internal sealed record ComplianceCheck(string Namespace, Guid DecisionId) : AgentInput(Namespace)
    {
        public override AgentKind Kind => AgentKind.ComplianceCheck;

        public override string Subject => $"decision {DecisionId}";
    }

    internal sealed record Remediation(string Namespace, Guid CaseId) : AgentInput(Namespace)
    {
        public override AgentKind Kind => AgentKind.Remediation;

        public override string Subject => $"case {CaseId}";
    }

    /// <param name="Namespace">Tenant.</param>
    /// <param name="From">Acts since.</param>
    /// <param name="To">Acts before.</param>
    internal sealed record AuditSummary(string Namespace, DateTimeOffset From, DateTimeOffset To) : AgentInput(Namespace)
    {
        /// <summary>A longer period is a report, which exports make.</summary>
        public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

        public override AgentKind Kind => AgentKind.AuditSummary;

        public override string Subject => string.Create(CultureInfo.InvariantCulture, $"acts from {From.UtcDateTime:yyyy-MM-dd HH:mm}Z to {To.UtcDateTime:yyyy-MM-dd HH:mm}Z");
    }
}
