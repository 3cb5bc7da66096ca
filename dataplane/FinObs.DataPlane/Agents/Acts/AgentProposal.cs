using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Agents.Acts;

/// <summary>Exactly what people are asked: a run proposes it once, so no other request says the same.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Recommendation">What is to be done.</param>
/// <param name="From">For an override: what held when people were asked.</param>
internal sealed record AgentProposal(Guid RunId, AgentRecommendation Recommendation, Decision? From)
{
    public string Action => AgentRecommendation.Prefix + Recommendation.Type;

    public byte[] ToJson()
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("from"u8, From?.OnTheWire());
        writer.Name("recommended_action");
        RecommendationJson.Write(writer, Recommendation);
        writer.Property("run"u8, RunId);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    /// <summary>Null where it is none of ours.</summary>
    public static AgentProposal? Read(ReadOnlyMemory<byte> payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload);
        JsonElement json = document.RootElement;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("run", out JsonElement run) && run.TryGetGuid(out Guid id)
            && json.TryGetProperty("recommended_action", out JsonElement action) && RecommendationJson.Read(action, out _) is { } recommendation
            ? new AgentProposal(id, recommendation, json.TryGetProperty("from", out JsonElement from) && from.GetString() is { } text ? DecisionNames.Parse(text) : null)
            : null;
    }
}
