using System.Diagnostics.Metrics;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Agents;

/// <summary>What agents say, and how much of it holds.</summary>
internal static class AgentMetrics
{
    public const string FindingsName = "finobs.agents.findings";
    public const string ClaimsName = "finobs.agents.claims";

    private static readonly Counter<long> Findings = FinObsTelemetry.Meter.CreateCounter<long>(FindingsName, "{finding}", "Findings of agents, by agent, source and risk level.");
    private static readonly Counter<long> Claims = FinObsTelemetry.Meter.CreateCounter<long>(ClaimsName, "{claim}", "Claims of agents, by agent, source and what the evidence says of them.");

    public static void Found(AgentFinding finding)
    {
        KeyValuePair<string, object?> agent = new("finobs.agent", finding.Agent.OnTheWire());
        KeyValuePair<string, object?> source = new("finobs.agent.source", finding.Source);
        Findings.Add(1, agent, source, new KeyValuePair<string, object?>("finobs.risk", AgentFinding.Wire(finding.Risk)));
        foreach (var group in finding.Claims.CountBy(claim => claim.Verdict))
        {
            Claims.Add(group.Value, agent, source, new KeyValuePair<string, object?>("finobs.verdict", AgentFinding.Wire(group.Key)));
        }
    }
}
