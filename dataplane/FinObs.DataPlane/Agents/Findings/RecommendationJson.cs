using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>How a recommendation is written: its type, and what that type needs, nothing else.</summary>
internal static class RecommendationJson
{
    private const int LongestName = 200;

    public static void Write(CanonicalJsonWriter writer, AgentRecommendation recommendation)
    {
        writer.BeginObject();
        switch (recommendation)
        {
            case AgentRecommendation.EscalateCase escalate:
                writer.Property("case"u8, escalate.CaseId);
                break;
            case AgentRecommendation.AssignCase assign:
                writer.Property("case"u8, assign.CaseId);
                writer.Property("to"u8, assign.To);
                break;
            case AgentRecommendation.OverrideDecision otherwise:
                writer.Property("decision"u8, otherwise.DecisionId);
                writer.Property("to"u8, otherwise.To.OnTheWire());
                break;
            case AgentRecommendation.AddToList list:
                writer.Property("days"u8, list.Days);
                writer.Property("decision"u8, list.DecisionId);
                writer.Property("field"u8, FieldName(list.Field));
                writer.Property("list"u8, list.List);
                break;
        }

        writer.Property("type"u8, recommendation.Type);
        writer.EndObject();
    }

    /// <summary>Null, and a sentence in <paramref name="problem"/>, where it is none.</summary>
    public static AgentRecommendation? Read(JsonElement json, out string? problem)
    {
        problem = null;
        string? type = json.ValueKind == JsonValueKind.Object ? Text(json, "type") : null;
        AgentRecommendation? read = type switch
        {
            AgentRecommendation.NoneType when Has(json) => new AgentRecommendation.None(),
            AgentRecommendation.EscalateType when Has(json, "case") && Id(json, "case") is { } id => new AgentRecommendation.EscalateCase(id),
            AgentRecommendation.AssignType when Has(json, "case", "to") && Id(json, "case") is { } id && Text(json, "to") is { } to => new AgentRecommendation.AssignCase(id, to),
            AgentRecommendation.OverrideType when Has(json, "decision", "to") && Id(json, "decision") is { } id && Text(json, "to") is { } to && DecisionNames.Parse(to) is { } decision =>
                new AgentRecommendation.OverrideDecision(id, decision),
            AgentRecommendation.ListType when Has(json, "days", "decision", "field", "list") => ListOf(json),
            _ => null,
        };
        if (read is null)
        {
            problem = "recommended_action must be an object with a type (none, case.escalate, case.assign, decision.override or list.entry) and exactly the members of that type.";
        }

        return read;
    }

    private static AgentRecommendation.AddToList? ListOf(JsonElement json) =>
        Id(json, "decision") is { } id && Text(json, "list") is { } list && FieldOf(Text(json, "field")) is { } field
        && json.GetProperty("days") is { ValueKind: JsonValueKind.Number } days && days.TryGetInt32(out int count) && count is >= 1 and <= AgentRecommendation.AddToList.MostDays
            ? new AgentRecommendation.AddToList(id, list, field, count)
            : null;

    private static string FieldName(ListedField field) => field == ListedField.Account ? "account" : "counterparty";

    private static ListedField? FieldOf(string? name) => name switch { "account" => ListedField.Account, "counterparty" => ListedField.Counterparty, _ => null };

    /// <summary>These members and the type, no others.</summary>
    private static bool Has(JsonElement json, params string[] members) =>
        json.EnumerateObject().Count() == members.Length + 1 && Array.TrueForAll(members, member => json.TryGetProperty(member, out _));

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestName } text ? text : null;

    private static Guid? Id(JsonElement json, string member) => Guid.TryParseExact(Text(json, member), "D", out Guid id) ? id : null;
}
