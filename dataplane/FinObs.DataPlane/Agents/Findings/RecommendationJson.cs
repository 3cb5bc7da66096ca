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
            case AgentRecommendation.HoldCase hold:
                writer.Property("case"u8, hold.CaseId);
                writer.Property("days"u8, hold.Days);
                break;
            case AgentRecommendation.ReleaseCase release:
                writer.Property("case"u8, release.CaseId);
                break;
            case AgentRecommendation.RequestInformation information:
                writer.Property("about"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(information.About.ToString()));
                writer.Property("case"u8, information.CaseId);
                break;
            case AgentRecommendation.PauseRollout pause:
                writer.Property("rollout"u8, pause.Rollout);
                break;
            case AgentRecommendation.EnableCallback enable:
                writer.Property("callback"u8, enable.Callback);
                break;
            case AgentRecommendation.RunBacktest backtest:
                writer.Property("days"u8, backtest.Days);
                writer.Property("model"u8, backtest.Model);
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
        if (recommendation is AgentRecommendation.RunBacktest { Version: var version })
        {
            writer.Property("version"u8, version);
        }

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
            AgentRecommendation.HoldType when Has(json, "case", "days") && Id(json, "case") is { } id && Days(json, AgentRecommendation.HoldCase.MostDays) is { } days => new AgentRecommendation.HoldCase(id, days),
            AgentRecommendation.ReleaseType when Has(json, "case") && Id(json, "case") is { } id => new AgentRecommendation.ReleaseCase(id),
            AgentRecommendation.InformationType when Has(json, "about", "case") && Id(json, "case") is { } id && InformationOf(Text(json, "about")) is { } about => new AgentRecommendation.RequestInformation(id, about),
            AgentRecommendation.PauseType when Has(json, "rollout") && Text(json, "rollout") is { } rollout => new AgentRecommendation.PauseRollout(rollout),
            AgentRecommendation.EnableType when Has(json, "callback") && Text(json, "callback") is { } callback => new AgentRecommendation.EnableCallback(callback),
            AgentRecommendation.BacktestType when Has(json, "days", "model", "version") && Days(json, AgentRecommendation.RunBacktest.MostDays) is { } days && Text(json, "model") is { } model && Text(json, "version") is { } version =>
                new AgentRecommendation.RunBacktest(model, version, days),
            AgentRecommendation.OverrideType when Has(json, "decision", "to") && Id(json, "decision") is { } id && Text(json, "to") is { } to && DecisionNames.Parse(to) is { } decision =>
                new AgentRecommendation.OverrideDecision(id, decision),
            AgentRecommendation.ListType when Has(json, "days", "decision", "field", "list") => ListOf(json),
            _ => null,
        };
        if (read is null)
        {
            problem = $"recommended_action must be an object with a type ({string.Join(", ", [AgentRecommendation.NoneType, .. AgentRecommendation.Types])}) and exactly the members of that type.";
        }

        return read;
    }

    private static AgentRecommendation.AddToList? ListOf(JsonElement json) =>
        Id(json, "decision") is { } id && Text(json, "list") is { } list && FieldOf(Text(json, "field")) is { } field
        && Days(json, AgentRecommendation.AddToList.MostDays) is { } days
            ? new AgentRecommendation.AddToList(id, list, field, days)
            : null;

    private static string FieldName(ListedField field) => field == ListedField.Account ? "account" : "counterparty";

    private static ListedField? FieldOf(string? name) => name switch { "account" => ListedField.Account, "counterparty" => ListedField.Counterparty, _ => null };

    private static WantedInformation? InformationOf(string? name) =>
        Enum.GetValues<WantedInformation>().Where(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString()) == name).Select(one => (WantedInformation?)one).FirstOrDefault();

    private static int? Days(JsonElement json, int most) =>
        json.GetProperty("days") is { ValueKind: JsonValueKind.Number } days && days.TryGetInt32(out int count) && count >= 1 && count <= most ? count : null;

    /// <summary>These members and the type, no others.</summary>
    private static bool Has(JsonElement json, params string[] members) =>
        json.EnumerateObject().Count() == members.Length + 1 && Array.TrueForAll(members, member => json.TryGetProperty(member, out _));

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestName } text ? text : null;

    private static Guid? Id(JsonElement json, string member) => Guid.TryParseExact(Text(json, member), "D", out Guid id) ? id : null;
}
