using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Agents.Evidence;

namespace FinObs.DataPlane.Agents.Claims;

/// <summary>What the evidence says of a claim.</summary>
internal enum ClaimVerdict
{
    Holds,

    /// <summary>The evidence says otherwise.</summary>
    False,

    /// <summary>The agent was not shown such a document.</summary>
    UnknownEvidence,

    /// <summary>The document has no such field.</summary>
    UnknownField,

    /// <summary>The document is what somebody outside wrote: it proves nothing.</summary>
    Untrusted,

    /// <summary>The two cannot be compared so, e.g. a text with a number.</summary>
    Incomparable,
}

/// <summary>A claim that was looked up.</summary>
/// <param name="Claim">As it was made.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="Actual">What the evidence says; null where it says nothing.</param>
internal sealed record CheckedClaim(AgentClaim Claim, ClaimVerdict Verdict, JsonElement? Actual);

/// <summary>Checks claims against the evidence that was shown: by look-up and comparison, exactly, without a tolerance.</summary>
internal static class ClaimCheck
{
    public static CheckedClaim Of(AgentClaim claim, EvidenceSet evidence)
    {
        if (evidence.Find(claim.Evidence) is not { } document)
        {
            return new CheckedClaim(claim, ClaimVerdict.UnknownEvidence, null);
        }

        if (document.Untrusted)
        {
            return new CheckedClaim(claim, ClaimVerdict.Untrusted, null);
        }

        if (JsonPointer.Find(document.Facts, claim.Field) is not { } actual)
        {
            return new CheckedClaim(claim, ClaimVerdict.UnknownField, null);
        }

        ClaimVerdict verdict = Holds(actual, claim.Operator, claim.Value) switch
        {
            true => ClaimVerdict.Holds,
            false => ClaimVerdict.False,
            null => ClaimVerdict.Incomparable,
        };
        return new CheckedClaim(claim, verdict, actual);
    }

    /// <summary>A number, also one that is kept as decimal text so that no digit is lost.</summary>
    public static decimal? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out decimal number) => number,
        JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) => number,
        _ => null,
    };

    private static bool? Holds(JsonElement actual, ClaimOperator @operator, JsonElement value) => @operator switch
    {
        ClaimOperator.Equal => Same(actual, value),
        ClaimOperator.NotEqual => !Same(actual, value),
        ClaimOperator.Contains => Contains(actual, value),
        _ => Order(actual, value) is { } order ? Compare(order, @operator) : null,
    };

    private static bool Compare(int order, ClaimOperator @operator) => @operator switch
    {
        ClaimOperator.Less => order < 0,
        ClaimOperator.AtMost => order <= 0,
        ClaimOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>Null where they are of different kinds, or no single values.</summary>
    private static bool? Same(JsonElement actual, JsonElement value)
    {
        if (IsText(actual) && IsText(value))
        {
            return string.Equals(actual.GetString(), value.GetString(), StringComparison.Ordinal);
        }

        if (actual.ValueKind == JsonValueKind.Null || value.ValueKind == JsonValueKind.Null)
        {
            return actual.ValueKind == value.ValueKind;
        }

        if (IsTruth(actual) && IsTruth(value))
        {
            return actual.ValueKind == value.ValueKind;
        }

        return NumberOf(actual) is { } left && NumberOf(value) is { } right ? left == right : null;
    }

    private static bool? Contains(JsonElement actual, JsonElement value) => actual.ValueKind switch
    {
        JsonValueKind.Array => actual.EnumerateArray().Any(item => Same(item, value) == true),
        JsonValueKind.String when value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } part => actual.GetString()!.Contains(part, StringComparison.Ordinal),
        _ => null,
    };

    private static int? Order(JsonElement actual, JsonElement value)
    {
        if (NumberOf(actual) is { } left && NumberOf(value) is { } right)
        {
            return left.CompareTo(right);
        }

        return IsText(actual) && IsText(value) && actual.TryGetDateTimeOffset(out DateTimeOffset earlier) && value.TryGetDateTimeOffset(out DateTimeOffset later) ? earlier.CompareTo(later) : null;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool IsTruth(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;
}
