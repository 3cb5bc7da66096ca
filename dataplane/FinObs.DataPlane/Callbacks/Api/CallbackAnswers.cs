using System.Text.Json.Serialization;
using FinObs.DataPlane.Callbacks.Store;

namespace FinObs.DataPlane.Callbacks.Api;

/// <summary>A page of a log, newest first.</summary>
internal sealed record CallbackPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One attempt to deliver one message.</summary>
internal sealed record AttemptAnswer
{
    public required Guid Id { get; init; }

    /// <summary>The <c>webhook-id</c>.</summary>
    public required string MessageId { get; init; }

    public required string Type { get; init; }

    /// <summary>1, 2, 3, …</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int DurationMs { get; init; }

    /// <summary><c>Delivered</c>, <c>Retrying</c> or <c>Failed</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>HTTP status, where there was an answer.</summary>
    public int? Status { get; init; }

    public required string Reason { get; init; }

    public string? Detail { get; init; }

    public string? RequestExcerpt { get; init; }

    public string? ResponseExcerpt { get; init; }

    public static AttemptAnswer Of(CallbackAttemptRow row) => new()
    {
        Id = row.Id,
        MessageId = CallbackIds.Text(row.DeliveryId),
        Type = row.Type,
        Attempt = row.Attempt,
        StartedAt = row.StartedAt,
        DurationMs = row.DurationMs,
        Outcome = row.Outcome.ToString(),
        Status = row.Status == 0 ? null : row.Status,
        Reason = row.Reason,
        Detail = row.Detail,
        RequestExcerpt = row.Request,
        ResponseExcerpt = row.Response,
    };
}

/// <summary>A message that was given up.</summary>
internal sealed record DeadLetterAnswer
{
    /// <summary>The <c>webhook-id</c>.</summary>
    public required string Id { get; init; }

    public required string Type { get; init; }

    /// <summary>What it is about: a transaction's id.</summary>
    public Guid? SubjectId { get; init; }

    public required DateTimeOffset EventAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    public required int Attempts { get; init; }

    /// <summary><c>Exhausted</c>, <c>Disabled</c>, <c>Deleted</c> or <c>ContentGone</c>.</summary>
    public required string Reason { get; init; }

    public int? LastStatus { get; init; }

    public static DeadLetterAnswer Of(CallbackDeadLetterRow row) => new()
    {
        Id = CallbackIds.Text(row.Id),
        Type = row.Type,
        SubjectId = row.SubjectId,
        EventAt = row.EventAt,
        DiedAt = row.DiedAt,
        Attempts = row.Attempts,
        Reason = row.Reason,
        LastStatus = row.Status == 0 ? null : row.Status,
    };
}

/// <summary>How many messages go again; with <c>more</c> the same call takes the next ones, of the log of events with <c>since</c> set to <c>next</c>.</summary>
internal sealed record ReplayAnswer(long Messages, bool More, DateTimeOffset? Next = null);

/// <summary>What came of a test message.</summary>
internal sealed record TestAnswer(string MessageId, bool Delivered, int? Status, string Reason, string? Detail, int DurationMs, string? ResponseExcerpt);

/// <summary>Body of <c>POST</c> and <c>DELETE /webhooks/callbacks</c>.</summary>
/// <param name="Url">Where messages go.</param>
/// <param name="Events">Which; none = <c>transaction.flagged</c>.</param>
/// <param name="AllowPrivate">True: a private or loopback address is meant.</param>
internal sealed record CallbackRegistration(
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("events")] IReadOnlyList<string>? Events = null,
    [property: JsonPropertyName("allow_private")] bool AllowPrivate = false);

/// <summary>A registered URL.</summary>
/// <param name="Url">Where messages go.</param>
/// <param name="Name">Name of its CallbackTarget.</param>
/// <param name="Events">Which.</param>
/// <param name="ManagedBy">Who may change it.</param>
/// <param name="Deleting">It is being drained.</param>
/// <param name="SigningSecret">The key that messages are signed with; shown once, when it is made.</param>
internal sealed record RegisteredCallback(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("events")] IReadOnlyList<string> Events,
    [property: JsonPropertyName("managed_by")] string ManagedBy,
    [property: JsonPropertyName("deleting")] bool Deleting,
    [property: JsonPropertyName("signing_secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SigningSecret = null);

/// <summary>Answer of <c>GET /webhooks/callbacks</c>.</summary>
internal sealed record RegisteredCallbacks([property: JsonPropertyName("count")] int Count, [property: JsonPropertyName("callbacks")] IReadOnlyList<RegisteredCallback> Callbacks);

/// <summary>Answer of <c>GET /webhooks/callbacks/dlq</c>.</summary>
internal sealed record DeadLetterQueue([property: JsonPropertyName("count")] int Count, [property: JsonPropertyName("dead_letters")] IReadOnlyList<QueuedDeadLetter> DeadLetters);

/// <summary>A message that was given up.</summary>
/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Url">Where it was to go; null where the target is gone.</param>
/// <param name="Name">Name of the target.</param>
/// <param name="Payload">What it says; null where what it is about is gone.</param>
/// <param name="FailedAt">When it was given up.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">Why it was given up.</param>
internal sealed record QueuedDeadLetter(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("payload")] System.Text.Json.JsonElement? Payload,
    [property: JsonPropertyName("failed_at")] DateTimeOffset FailedAt,
    [property: JsonPropertyName("attempts")] int Attempts,
    [property: JsonPropertyName("reason")] string Reason);
