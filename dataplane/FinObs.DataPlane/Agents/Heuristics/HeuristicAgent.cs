using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>The agent without a model: fixed rules over the same evidence, the same answer each time. Labelled so wherever its findings are shown.</summary>
internal sealed class HeuristicAgent(IOptions<AgentsOptions> options) : IAgent
{
    /// <summary>Which rules; a change of what they say is another number.</summary>
    public const string Model = "rules@1";

    public Task<AgentReply> AskAsync(AgentInput input, EvidenceSet evidence, CancellationToken cancellationToken) =>
        Task.FromResult(new AgentReply(DraftOf(input, evidence), AgentSources.Heuristic, Model));

    private AgentDraft DraftOf(AgentInput input, EvidenceSet evidence) => input switch
    {
        AgentInput.IncidentTriage triage => TriageRules.Draft(triage, evidence, options.Value),
        AgentInput.ComplianceCheck check => ComplianceRules.Draft(check, evidence, options.Value),
        AgentInput.Remediation remediation => RemediationRules.Draft(remediation, evidence, options.Value),
        AgentInput.AuditSummary summary => AuditRules.Draft(summary, evidence),
        _ => throw new ArgumentException($"{input.GetType().Name} is no input of an agent.", nameof(input)),
    };
}
