using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;

namespace FinObs.DataPlane.Agents;

/// <summary>Something that reads evidence and says what it makes of it. It sees nothing else, and does nothing.</summary>
internal interface IAgent
{
    Task<AgentReply> AskAsync(AgentInput input, EvidenceSet evidence, CancellationToken cancellationToken);
}

/// <summary>What it said, and what said it.</summary>
/// <param name="Draft">Not yet checked.</param>
/// <param name="Source">Of <see cref="AgentSources"/>.</param>
/// <param name="Model">Which rules in which version, or which model of which provider.</param>
internal sealed record AgentReply(AgentDraft Draft, string Source, string Model)
{
    /// <summary>SHA-256 of the prompt's file; null where there is none.</summary>
    public string? PromptDigest { get; init; }

    public int InputTokens { get; init; }

    public int OutputTokens { get; init; }
}

internal static class AgentSources
{
    /// <summary>Rules of our own, the same answer each time, without a network.</summary>
    public const string Heuristic = "heuristic";
}
