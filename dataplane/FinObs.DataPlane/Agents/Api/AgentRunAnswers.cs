using System.Text.Json;
using FinObs.DataPlane.Agents.Runs;

namespace FinObs.DataPlane.Agents.Api;

/// <summary>An agent and what it begins by itself.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Source">heuristic: fixed rules, no model.</param>
/// <param name="LooksAt">case, decision or period.</param>
/// <param name="ByItself">Which events begin a run, as configured; empty: only who asks.</param>
internal sealed record AgentAnswer(string Name, string Source, string LooksAt, IReadOnlyList<string> ByItself);

/// <summary>All of them.</summary>
internal sealed record AgentList(IReadOnlyList<AgentAnswer> Items);

/// <summary>A run as it is listed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Namespace">Tenant.</param>
/// <param name="Agent">Which agent.</param>
/// <param name="State">How far it is.</param>
/// <param name="Subject">What it looks at.</param>
/// <param name="SubjectId">The case or the decision; null for a period.</param>
/// <param name="RequestedBy">Who asked; system:agents where an event did.</param>
/// <param name="Simulation">A rehearsal.</param>
/// <param name="Attempts">How often the agent was asked.</param>
/// <param name="ApprovalId">Where people decide; null where nobody is asked.</param>
/// <param name="CreatedAt">When it began.</param>
internal sealed record AgentRunAnswer(
    Guid Id, string Namespace, string Agent, string State, string Subject, Guid? SubjectId, string RequestedBy, bool Simulation, int Attempts, Guid? ApprovalId, DateTimeOffset CreatedAt)
{
    public static AgentRunAnswer Of(AgentRunRow row) => new(
        row.Id, row.Namespace, row.Agent.OnTheWire(), row.State.ToString(), row.Input().Subject, row.SubjectId, row.RequestedBy, row.Simulation, row.Attempts, row.ApprovalId, row.CreatedAt);
}

/// <summary>A page of runs, newest first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="Next">Pass it as before; null at the end.</param>
internal sealed record AgentRunPage(IReadOnlyList<AgentRunAnswer> Items, string? Next);

/// <summary>A run with what came of it.</summary>
/// <param name="Run">As it is now.</param>
/// <param name="Finding">What the agent says after the check; null where there is none yet.</param>
/// <param name="Evidence">What it was shown.</param>
/// <param name="Actions">What came of it, oldest first.</param>
internal sealed record AgentRunDetail(AgentRunAnswer Run, JsonElement? Finding, JsonElement? Evidence, IReadOnlyList<AgentRunAction> Actions)
{
    public static AgentRunDetail Of(AgentRunRow row, IReadOnlyList<AgentActionRow> actions)
    {
        AgentActionRow? found = actions.LastOrDefault(action => action.Finding is not null);
        return new AgentRunDetail(AgentRunAnswer.Of(row), Read(found?.Finding), Read(found?.Evidence), [.. actions.Select(AgentRunAction.Of)]);
    }

    private static JsonElement? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}

/// <summary>One thing that came of a run.</summary>
/// <param name="State">What the run became by it.</param>
/// <param name="Actor">Who.</param>
/// <param name="At">When.</param>
/// <param name="Detail">In a sentence.</param>
/// <param name="ApprovalId">The request that it is about.</param>
/// <param name="LeafId">Its proof.</param>
internal sealed record AgentRunAction(string State, string Actor, DateTimeOffset At, string Detail, Guid? ApprovalId, Guid LeafId)
{
    public static AgentRunAction Of(AgentActionRow row) => new(row.State.ToString(), row.Actor, row.At, row.Detail, row.ApprovalId, row.LeafId);
}
