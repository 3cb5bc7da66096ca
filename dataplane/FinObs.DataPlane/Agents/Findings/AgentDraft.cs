using FinObs.DataPlane.Agents.Claims;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>How much is at stake, in rising order.</summary>
internal enum FindingRisk
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>What an agent says, before anybody has checked it.</summary>
internal sealed record AgentDraft
{
    public const int MostClaims = 50;
    public const int LongestRationale = 4_000;

    public required FindingRisk Risk { get; init; }

    /// <summary>0..1, the agent's own.</summary>
    public required double Confidence { get; init; }

    /// <summary>Its own words, shown as unverified; may be empty.</summary>
    public string Rationale { get; init; } = "";

    public AgentRecommendation Recommendation { get; init; } = new AgentRecommendation.None();

    public required IReadOnlyList<AgentClaim> Claims { get; init; }
}
