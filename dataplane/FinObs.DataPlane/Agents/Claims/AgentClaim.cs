using System.Text.Json;

namespace FinObs.DataPlane.Agents.Claims;

/// <summary>What a claim says of a field.</summary>
internal enum ClaimOperator
{
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,

    /// <summary>A list has the value among its items, or a text has it in it.</summary>
    Contains,
}

/// <summary>A statement that can be checked without judgement.</summary>
/// <param name="Evidence">Id of a document that the agent was shown.</param>
/// <param name="Field">Where in its facts: a JSON pointer (RFC 6901).</param>
/// <param name="Operator">How the two stand to each other.</param>
/// <param name="Value">Text, number, truth value or null.</param>
internal sealed record AgentClaim(string Evidence, string Field, ClaimOperator Operator, JsonElement Value)
{
    public static AgentClaim Of<T>(string evidence, string field, ClaimOperator @operator, T value) => new(evidence, field, @operator, JsonSerializer.SerializeToElement(value));
}

internal static class ClaimOperators
{
    public static string OnTheWire(this ClaimOperator @operator) => @operator switch
    {
        ClaimOperator.Equal => "eq",
        ClaimOperator.NotEqual => "ne",
        ClaimOperator.Less => "lt",
        ClaimOperator.AtMost => "le",
        ClaimOperator.Greater => "gt",
        ClaimOperator.AtLeast => "ge",
        _ => "contains",
    };

    public static ClaimOperator? Parse(string? text) => text switch
    {
        "eq" => ClaimOperator.Equal,
        "ne" => ClaimOperator.NotEqual,
        "lt" => ClaimOperator.Less,
        "le" => ClaimOperator.AtMost,
        "gt" => ClaimOperator.Greater,
        "ge" => ClaimOperator.AtLeast,
        "contains" => ClaimOperator.Contains,
        _ => null,
    };
}
