using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;

namespace FinObs.DataPlane.Agents.Heuristics;

/// <summary>Claims about one document, gathered as rules look at it.</summary>
internal sealed class DraftParts
{
    /// <summary>Where the evidence says nothing either way.</summary>
    private const double Undecided = 0.5;

    /// <summary>What each piece of evidence for the level adds.</summary>
    private const double PerSupport = 0.1;

    private const double Most = 0.9;

    private readonly List<AgentClaim> _claims = [];
    private int _support;

    public IReadOnlyList<AgentClaim> Claims => _claims;

    /// <summary>Rises with each piece that speaks for the level and never reaches certainty: 0.5, 0.6, … 0.9. It orders findings; it is no probability.</summary>
    public double Confidence => Math.Min(Most, Math.Round(Undecided + (PerSupport * _support), 1));

    /// <summary>States a fact.</summary>
    public void State<T>(string evidence, string field, T value) => _claims.Add(AgentClaim.Of(evidence, field, ClaimOperator.Equal, value));

    /// <summary>States a fact that speaks for the level.</summary>
    public void Support<T>(string evidence, string field, ClaimOperator @operator, T value)
    {
        _claims.Add(AgentClaim.Of(evidence, field, @operator, value));
        _support++;
    }

    public AgentDraft Draft(FindingRisk risk, AgentRecommendation recommendation) => new() { Risk = risk, Confidence = Confidence, Recommendation = recommendation, Claims = [.. _claims] };

    /// <summary>The id of the only document of a kind.</summary>
    public static string IdOf(EvidenceSet evidence, string kind) => evidence.Documents.First(document => document.Id.StartsWith($"{kind}:", StringComparison.Ordinal)).Id;

    public static FindingRisk Raised(FindingRisk level) => level == FindingRisk.Critical ? level : level + 1;

    public static FindingRisk Lowered(FindingRisk level) => level == FindingRisk.Low ? level : level - 1;
}
