using System.Text.Json.Serialization;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Retention.Holds;

namespace FinObs.DataPlane.Retention.Api;

/// <summary>Body of a hold: exactly one of account, case with its account, and everything.</summary>
internal sealed record HoldBody
{
    [JsonPropertyName("namespace")]
    public string? Namespace { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("account")]
    public string? Account { get; init; }

    [JsonPropertyName("case")]
    public string? Case { get; init; }

    [JsonPropertyName("everything")]
    public bool Everything { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>The hold, or what is wrong.</summary>
    public (NewHold? Hold, string? Problem) Read()
    {
        string? problem = RetentionText.Problem("name", Name, required: true) ?? RetentionText.Problem("reason", Reason, required: true)
            ?? RetentionText.Problem("account", Account, required: false) ?? RetentionText.Problem("case", Case, required: false) ?? RetentionText.Problem("namespace", Namespace, required: false)
            ?? (Everything && (Account ?? Case) is not null ? "Say either \"everything\": true or an account, not both." : null)
            ?? (!Everything && Account is null ? "Say whose records are to be held: \"account\", also where the hold is for a case, or \"everything\": true." : null);
        HoldScope scope = Everything ? HoldScope.Everything : Case is null ? HoldScope.Subject : HoldScope.Case;
        return problem is null ? (new NewHold(Namespace ?? ModelRouter.DefaultNamespace, Name!, scope, Account, Case, Reason!), null) : (null, problem);
    }
}

/// <summary>Why.</summary>
internal sealed record ReasonBody([property: JsonPropertyName("reason")] string? Reason);

/// <summary>Whom to erase.</summary>
internal sealed record EraseBody(
    [property: JsonPropertyName("account")] string? Account, [property: JsonPropertyName("reason")] string? Reason, [property: JsonPropertyName("namespace")] string? Namespace = null);

/// <summary>A hold. The account is not told: it is kept as a token only.</summary>
internal sealed record HoldAnswer(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("namespace")] string Namespace,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("case")] string? Case,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("placed_by")] string PlacedBy,
    [property: JsonPropertyName("placed_at")] DateTimeOffset PlacedAt,
    [property: JsonPropertyName("released_by")] string? ReleasedBy,
    [property: JsonPropertyName("released_at")] DateTimeOffset? ReleasedAt,
    [property: JsonPropertyName("release_reason")] string? ReleaseReason)
{
    public static HoldAnswer Of(LegalHoldRow row) => new(
        row.Id, row.Namespace, row.Name, row.Scope.ToString().ToLowerInvariant(), row.CaseId, row.Reason, row.PlacedBy, row.PlacedAt, row.ReleasedBy, row.ReleasedAt, row.ReleaseReason);
}

/// <summary>A page of holds.</summary>
internal sealed record HoldList([property: JsonPropertyName("items")] IReadOnlyList<HoldAnswer> Items, [property: JsonPropertyName("next")] Guid? Next);

/// <summary>What came of a release.</summary>
internal sealed record ReleaseAnswer(
    [property: JsonPropertyName("status")] string Status, [property: JsonPropertyName("released_at")] DateTimeOffset? ReleasedAt, [property: JsonPropertyName("request_id")] Guid? RequestId);

/// <summary>What an erasure left.</summary>
internal sealed record ErasureAnswer([property: JsonPropertyName("leaf_id")] Guid LeafId, [property: JsonPropertyName("rows")] int Rows);

/// <summary>Texts that people send.</summary>
internal static class RetentionText
{
    private const int MaxLength = 1_000;

    /// <summary>What is wrong with it, or null.</summary>
    public static string? Problem(string name, string? value, bool required) => value switch
    {
        null => required ? $"\"{name}\" is missing." : null,
        _ when string.IsNullOrWhiteSpace(value) => $"\"{name}\" is empty.",
        { Length: > MaxLength } => $"\"{name}\" is longer than {MaxLength} characters.",
        _ when value.Contains('\0', StringComparison.Ordinal) => $"\"{name}\" holds a NUL character: remove it.",
        _ => null,
    };
}
