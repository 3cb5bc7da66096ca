using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Agents.Evidence;

namespace FinObs.DataPlane.Agents.Claims;

/// <summary>
/// Words for a claim that holds. They are made of our own field names and of what the evidence says; of the claim's value only numbers and instants are shown, because any text makes a true "is not".
/// </summary>
internal static class ClaimSentence
{
    public static string Of(CheckedClaim claim, EvidenceDocument document)
    {
        string field = claim.Claim.Field.TrimStart('/').Replace('/', ' ').Replace('_', ' ');
        string actual = TextOf(claim.Actual!.Value);
        string rest = claim.Claim.Operator switch
        {
            ClaimOperator.Equal or ClaimOperator.NotEqual => $"is {actual}",
            ClaimOperator.Contains when claim.Actual.Value.ValueKind == JsonValueKind.Array => $"contains {TextOf(claim.Claim.Value)}",
            ClaimOperator.Contains => $"is {actual}",
            ClaimOperator.Less => $"is {actual}, less than {BoundOf(claim.Claim.Value)}",
            ClaimOperator.AtMost => $"is {actual}, at most {BoundOf(claim.Claim.Value)}",
            ClaimOperator.Greater => $"is {actual}, more than {BoundOf(claim.Claim.Value)}",
            _ => $"is {actual}, at least {BoundOf(claim.Claim.Value)}",
        };
        return $"{document.Label}: {field} {rest}.";
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "not known",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "none" : string.Join(", ", value.EnumerateArray().Select(TextOf)),
        _ => value.GetRawText(),
    };

    /// <summary>It was compared, so it is a number or an instant; written anew, so that nothing else comes with it.</summary>
    private static string BoundOf(JsonElement value) =>
        ClaimCheck.NumberOf(value) is { } number ? number.ToString(CultureInfo.InvariantCulture)
        : value.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
