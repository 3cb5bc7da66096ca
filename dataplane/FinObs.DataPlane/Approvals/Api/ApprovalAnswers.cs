using System.Text.Json;
using FinObs.DataPlane.Approvals.Store;

namespace FinObs.DataPlane.Approvals.Api;

/// <summary>A request as it is listed.</summary>
internal record ApprovalSummary
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required string Summary { get; init; }

    public required string Status { get; init; }

    /// <summary>In a sentence, what came of it; null while people are asked.</summary>
    public string? Outcome { get; init; }

    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    /// <summary>What a decision has to name.</summary>
    public required string BoundHash { get; init; }

    /// <summary>Index of the step that is waited for.</summary>
    public required int Step { get; init; }

    /// <summary>Roles that may decide now.</summary>
    public required IReadOnlyList<string> WaitsFor { get; init; }

    public required bool Simulation { get; init; }

    public required bool Development { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public Guid? About { get; init; }

    public required Guid LeafId { get; init; }

    public static ApprovalSummary Of(ApprovalRequestRow row) => new()
    {
        Id = row.Id,
        Namespace = row.Namespace,
        Action = row.Action,
        Target = row.Target,
        Summary = row.Summary,
        Status = row.Status.ToString(),
        Outcome = row.Outcome,
        RequestedBy = row.RequestedBy,
        Reason = row.Reason,
        BoundHash = row.BoundHash,
        Step = row.Step,
        WaitsFor = NameList.Read(row.WaitsFor),
        Simulation = row.Simulation,
        Development = row.Development,
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        EscalatedAt = row.EscalatedAt,
        DecidedAt = row.DecidedAt,
        About = row.About,
        LeafId = row.LeafId,
    };
}

/// <summary>One request with all that was asked and said.</summary>
internal sealed record ApprovalDetail
{
    public required ApprovalSummary Request { get; init; }

    public required IReadOnlyList<ApprovalStep> Chain { get; init; }

    /// <summary>Exactly what; null for a caller who neither decides nor may see personal data.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>What it rests on.</summary>
    public JsonElement? Evidence { get; init; }

    public string? ModelDigest { get; init; }

    /// <summary>Who cannot count besides whoever asked.</summary>
    public required IReadOnlyList<string> Excluded { get; init; }

    public DateTimeOffset? EscalateAt { get; init; }

    public string? EscalateTo { get; init; }

    public required int Attempts { get; init; }

    public DateTimeOffset? RetryAt { get; init; }

    public required IReadOnlyList<ApprovalVoteAnswer> Votes { get; init; }

    public static ApprovalDetail Of(ApprovalRecord record, bool whole) => new()
    {
        Request = ApprovalSummary.Of(record.Row),
        Chain = record.Row.Steps(),
        Payload = whole ? Json(record.Row.Payload) : null,
        Evidence = whole ? Json(record.Row.Evidence) : null,
        ModelDigest = record.Row.ModelDigest,
        Excluded = NameList.Read(record.Row.Excluded),
        EscalateAt = record.Row.EscalateAt,
        EscalateTo = record.Row.EscalateTo,
        Attempts = record.Row.Attempts,
        RetryAt = record.Row.RetryAt,
        Votes = [.. record.Votes.Select(vote => new ApprovalVoteAnswer(vote.Id, vote.Step, vote.Actor, vote.Role, vote.Approves, vote.Reason, vote.At, vote.LeafId))],
    };

    private static JsonElement? Json(byte[]? bytes) => bytes is null ? null : JsonElement.Parse(bytes);
}

/// <summary>What one person said.</summary>
internal sealed record ApprovalVoteAnswer(Guid Id, int Step, string Actor, string Role, bool Approves, string Reason, DateTimeOffset At, Guid LeafId);

/// <summary>A page; <c>Next</c> is the cursor of the page after, null at the end.</summary>
internal sealed record ApprovalPage(IReadOnlyList<ApprovalSummary> Items, string? Next);

/// <summary>How approvals go.</summary>
/// <param name="Since">From then on.</param>
/// <param name="ByStatus">Requests made since, by status.</param>
/// <param name="MeanSecondsToDecision">From the request to the end of the people's part; null where none ended.</param>
/// <param name="Overdue">Pending ones that were escalated.</param>
/// <param name="ByActor">What each person said since.</param>
internal sealed record ApprovalFigures(
    DateTimeOffset Since, IReadOnlyDictionary<string, int> ByStatus, double? MeanSecondsToDecision, int Overdue, IReadOnlyList<ApproverFigures> ByActor);

/// <summary>What one person said.</summary>
internal sealed record ApproverFigures(string Actor, int Approved, int Rejected);
