using System.Text.Json;
using FinObs.DataPlane.Agents.Claims;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>What came of reading an agent's answer: a draft, or what is wrong with it.</summary>
internal sealed record ReadDraft(AgentDraft? Draft, IReadOnlyList<string> Problems);

/// <summary>
/// Reads an agent's answer strictly: members that are missing, too many, twice there or out of bounds are problems, which the agent may be told so that it corrects itself. An answer with a problem is no answer.
/// </summary>
internal static class AgentDraftReader
{
    private const int LongestName = 200;
    private const int LongestValue = 1_000;
    private static readonly string[] Members = ["risk_level", "confidence", "rationale", "recommended_action", "claims"];
    private static readonly string[] ClaimMembers = ["evidence", "field", "operator", "value"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static ReadDraft Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair.
            return new ReadDraft(null, ["The answer must be one JSON object, without text around it."]);
        }
    }

    private static ReadDraft Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ReadDraft(null, ["The answer must be one JSON object."]);
        }

        List<string> problems = [.. MemberProblems(json, Members, "")];
        if (problems.Count > 0)
        {
            return new ReadDraft(null, problems);
        }

        FindingRisk? risk = RiskOf(json.GetProperty("risk_level"), problems);
        double? confidence = ConfidenceOf(json.GetProperty("confidence"), problems);
        string? rationale = RationaleOf(json.GetProperty("rationale"), problems);
        AgentRecommendation? recommendation = RecommendationJson.Read(json.GetProperty("recommended_action"), out string? problem);
        List<AgentClaim> claims = ClaimsOf(json.GetProperty("claims"), problems);
        if (problem is not null)
        {
            problems.Add(problem);
        }

        return problems.Count > 0
            ? new ReadDraft(null, problems)
            : new ReadDraft(new AgentDraft { Risk = risk!.Value, Confidence = confidence!.Value, Rationale = rationale!, Recommendation = recommendation!, Claims = claims }, []);
    }

    private static FindingRisk? RiskOf(JsonElement value, List<string> problems)
    {
        foreach (FindingRisk level in Enum.GetValues<FindingRisk>())
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(AgentFinding.Wire(level)))
            {
                return level;
            }
        }

        problems.Add("risk_level must be low, medium, high or critical.");
        return null;
    }

    private static double? ConfidenceOf(JsonElement value, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double confidence) && confidence is >= 0 and <= 1)
        {
            return confidence;
        }

        problems.Add("confidence must be a number from 0 to 1.");
        return null;
    }

    private static string? RationaleOf(JsonElement value, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= AgentDraft.LongestRationale } text)
        {
            return text;
        }

        problems.Add($"rationale must be a text of at most {AgentDraft.LongestRationale} characters.");
        return null;
    }

    private static List<AgentClaim> ClaimsOf(JsonElement value, List<string> problems)
    {
        List<AgentClaim> claims = [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > AgentDraft.MostClaims)
        {
            problems.Add($"claims must be a list of at most {AgentDraft.MostClaims}.");
            return claims;
        }

        foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
        {
            string where = $"claims[{index}].";
            if (item.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"claims[{index}] must be an object.");
                continue;
            }

            string[] wrong = [.. MemberProblems(item, ClaimMembers, where)];
            problems.AddRange(wrong);
            if (wrong.Length == 0 && ClaimOf(item, where, problems) is { } claim)
            {
                claims.Add(claim);
            }
        }

        return claims;
    }

    private static AgentClaim? ClaimOf(JsonElement item, string where, List<string> problems)
    {
        string? evidence = Name(item.GetProperty("evidence"));
        JsonElement field = item.GetProperty("field");
        string? pointer = field.ValueKind == JsonValueKind.String ? field.GetString() : null;
        ClaimOperator? @operator = ClaimOperators.Parse(Name(item.GetProperty("operator")));
        JsonElement value = item.GetProperty("value");
        bool single = value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= LongestValue);
        string? problem =
            evidence is null ? $"{where}evidence must be the id of a document that you were shown."
            : pointer is null || pointer.Length > LongestName || (pointer.Length > 0 && pointer[0] != '/') ? $"{where}field must be a JSON pointer, e.g. /score."
            : @operator is null ? $"{where}operator must be eq, ne, lt, le, gt, ge or contains."
            : !single ? $"{where}value must be a text of at most {LongestValue} characters, a number, true, false or null."
            : null;
        if (problem is not null)
        {
            problems.Add(problem);
            return null;
        }

        return new AgentClaim(evidence!, pointer!, @operator!.Value, value.Clone());
    }

    private static string? Name(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestName } text ? text : null;

    private static IEnumerable<string> MemberProblems(JsonElement json, string[] members, string where) =>
    [
        .. members.Where(member => !json.TryGetProperty(member, out _)).Select(member => $"{where}{member} is missing."),
        .. json.EnumerateObject().Where(member => !members.Contains(member.Name, StringComparer.Ordinal)).Take(1)
            .Select(_ => $"{(where.Length == 0 ? "The answer" : where.TrimEnd('.'))} may have {string.Join(", ", members)} and nothing else."),
    ];
}
