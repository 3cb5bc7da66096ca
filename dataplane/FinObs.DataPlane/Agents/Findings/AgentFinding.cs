using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>An agent's answer after the check: what holds of it, and what was left out and why.</summary>
internal sealed record AgentFinding
{
    public required AgentKind Agent { get; init; }

    /// <summary>Of <see cref="AgentSources"/>.</summary>
    public required string Source { get; init; }

    public required string Model { get; init; }

    public string? PromptDigest { get; init; }

    public required FindingRisk Risk { get; init; }

    public required double Confidence { get; init; }

    /// <summary>Sentences made of verified claims, and nothing else.</summary>
    public required IReadOnlyList<string> Summary { get; init; }

    /// <summary>The agent's own words, which nobody has checked; empty where it has none.</summary>
    public required string Unverified { get; init; }

    public required AgentRecommendation Recommendation { get; init; }

    /// <summary>Why what it recommends is left out; null where it is not.</summary>
    public string? Withheld { get; init; }

    /// <summary>All of them, in the agent's order.</summary>
    public required IReadOnlyList<CheckedClaim> Claims { get; init; }

    public required string EvidenceDigest { get; init; }

    public int InputTokens { get; init; }

    public int OutputTokens { get; init; }

    public int Verified => Claims.Count(claim => claim.Verdict == ClaimVerdict.Holds);

    public int Dropped => Claims.Count - Verified;

    public static string Wire(FindingRisk level) => level switch
    {
        FindingRisk.Low => "low",
        FindingRisk.Medium => "medium",
        FindingRisk.High => "high",
        _ => "critical",
    };

    public static string Wire(ClaimVerdict verdict) => verdict switch
    {
        ClaimVerdict.Holds => "verified",
        ClaimVerdict.False => "false",
        ClaimVerdict.UnknownEvidence => "unknown_evidence",
        ClaimVerdict.UnknownField => "unknown_field",
        ClaimVerdict.Untrusted => "untrusted",
        _ => "incomparable",
    };

    /// <summary>Canonical JSON: what is kept, and what the audit log commits to by its digest.</summary>
    public byte[] ToJson()
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("agent"u8, Agent.OnTheWire());
        writer.Name("claims");
        writer.BeginArray();
        foreach (CheckedClaim claim in Claims)
        {
            Write(writer, claim);
        }

        writer.EndArray();
        writer.Property("confidence"u8, Confidence);
        writer.Property("dropped"u8, Dropped);
        writer.Property("evidence"u8, EvidenceDigest);
        writer.Property("input_tokens"u8, InputTokens);
        writer.Property("model"u8, Model);
        writer.Property("output_tokens"u8, OutputTokens);
        writer.Property("prompt"u8, PromptDigest);
        writer.Name("recommended_action");
        RecommendationJson.Write(writer, Recommendation);
        writer.Property("risk_level"u8, Wire(Risk));
        writer.Property("source"u8, Source);
        writer.Name("summary");
        writer.BeginArray();
        foreach (string sentence in Summary)
        {
            writer.Value(sentence);
        }

        writer.EndArray();
        writer.Property("unverified"u8, Unverified);
        writer.Property("v"u8, 1);
        writer.Property("verified"u8, Verified);
        writer.Property("withheld"u8, Withheld);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static void Write(CanonicalJsonWriter writer, CheckedClaim claim)
    {
        writer.BeginObject();
        writer.Property("evidence"u8, claim.Claim.Evidence);
        writer.Property("field"u8, claim.Claim.Field);
        writer.Property("operator"u8, claim.Claim.Operator.OnTheWire());
        writer.Name("value");
        CanonicalJson.Write(writer, claim.Claim.Value);
        writer.Property("verdict"u8, Wire(claim.Verdict));
        writer.EndObject();
    }
}
