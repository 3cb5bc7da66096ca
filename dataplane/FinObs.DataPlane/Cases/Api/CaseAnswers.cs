using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>A case as it is listed and shown.</summary>
internal sealed record CaseAnswer
{
    public required Guid Id { get; init; }

    /// <summary>E.g. <c>CASE-000123</c>; unique in the namespace.</summary>
    public required string Number { get; init; }

    public required string Namespace { get; init; }

    public required string Type { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required string Severity { get; init; }

    /// <summary>1 is the most urgent, 5 the least.</summary>
    public required int Priority { get; init; }

    public required string Status { get; init; }

    public required string Source { get; init; }

    /// <summary>Whose it is; null for callers who may not see personal data.</summary>
    public string? Account { get; init; }

    public string? Desk { get; init; }

    public string? Trader { get; init; }

    public string? RootCause { get; init; }

    public string? DetectionMethod { get; init; }

    public string? AssignedTo { get; init; }

    /// <summary>Transactions that it groups.</summary>
    public required int Transactions { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>In the base currency of the ledger.</summary>
    public double? LargestAmount { get; init; }

    public double? HighestScore { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset LastEventAt { get; init; }

    public required CaseClock Sla { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public CaseLock? Lock { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    public string? Outcome { get; init; }

    public string? Notes { get; init; }

    public Guid? DuplicateOf { get; init; }

    /// <summary>To be sent as If-Match with the next change.</summary>
    public required long Version { get; init; }

    /// <summary>The leaf of its opening.</summary>
    public required Guid LeafId { get; init; }

    public static CaseAnswer Of(CaseRow row, DateTimeOffset now, bool personal) => new()
    {
        Id = row.Id,
        Number = row.Name,
        Namespace = row.Namespace,
        Type = row.Type,
        Title = row.Title,
        Description = row.Description,
        Severity = row.Severity.ToString(),
        Priority = row.Priority,
        Status = row.Status.ToString(),
        Source = row.Source,
        Account = personal ? row.Account : null,
        Desk = row.Desk,
        Trader = row.Trader,
        RootCause = row.RootCause,
        DetectionMethod = row.DetectionMethod,
        AssignedTo = row.AssignedTo,
        Transactions = row.Transactions,
        Reasons = CaseText.Items(row.Reasons),
        LargestAmount = row.LargestAmount,
        HighestScore = row.HighestScore,
        OpenedAt = row.OpenedAt,
        UpdatedAt = row.UpdatedAt,
        LastEventAt = row.LastEventAt,
        Sla = CaseClock.Of(row, now),
        SnoozedUntil = row.SnoozedUntil > now ? row.SnoozedUntil : null,
        EscalatedAt = row.EscalatedAt,
        Lock = row.HolderAt(now) is { } holder ? new CaseLock(holder, row.LockedUntil!.Value) : null,
        ResolvedAt = row.ResolvedAt,
        ResolvedBy = row.ResolvedBy,
        Outcome = row.Outcome,
        Notes = row.Notes,
        DuplicateOf = row.DuplicateOf,
        Version = row.Version,
        LeafId = row.LeafId,
    };

    /// <summary>With what people wrote as the reader may see it.</summary>
    public CaseAnswer Shown(Func<string, string> words) => this with
    {
        Title = words(Title),
        Description = Description is null ? null : words(Description),
        RootCause = RootCause is null ? null : words(RootCause),
        Notes = Notes is null ? null : words(Notes),
    };
}

/// <summary>The clock of a case.</summary>
/// <param name="DueAt">By when it is to be resolved.</param>
/// <param name="SecondsLeft">Until then; below zero once it is over. Stands still when it is resolved.</param>
/// <param name="Breached">It was not resolved by then.</param>
internal sealed record CaseClock(DateTimeOffset DueAt, double SecondsLeft, bool Breached)
{
    public static CaseClock Of(CaseRow row, DateTimeOffset now)
    {
        double left = (row.DueAt - (row.ResolvedAt ?? now)).TotalSeconds;
        return new CaseClock(row.DueAt, left, left < 0);
    }
}

/// <summary>Who holds a case.</summary>
internal sealed record CaseLock(string By, DateTimeOffset Until);

/// <summary>A page; <c>Next</c> is the cursor of the page after, null at the end.</summary>
internal sealed record CasePage(IReadOnlyList<CaseAnswer> Items, string? Next);

/// <summary>A change that was made.</summary>
internal sealed record CaseChanged(CaseAnswer Case, Guid LeafId);

/// <summary>What came of a bulk act on one case.</summary>
/// <param name="Id">Which.</param>
/// <param name="Status">As of HTTP: 200, 404, 409, 422.</param>
/// <param name="Detail">What to do; null where it was done.</param>
/// <param name="LeafId">Where it was done.</param>
internal sealed record BulkItem(Guid Id, int Status, string? Detail, Guid? LeafId);

/// <summary>What came of a bulk act.</summary>
internal sealed record BulkAnswer(int Done, int Failed, IReadOnlyList<BulkItem> Items);

/// <summary>A case that is like the one asked about.</summary>
internal sealed record SimilarAnswer(CaseAnswer Case, double Score, IReadOnlyList<string> Because);

/// <summary>One thing of a case's story.</summary>
internal sealed record TimelineItem
{
    public required DateTimeOffset At { get; init; }

    /// <summary>A kind of activity, <c>decision.made</c>, or <c>approval.requested</c>.</summary>
    public required string Kind { get; init; }

    public required string Actor { get; init; }

    public string? OldValue { get; init; }

    public string? NewValue { get; init; }

    public string? Comment { get; init; }

    /// <summary>The activity, the decision or the request.</summary>
    public required Guid Ref { get; init; }

    public required Guid LeafId { get; init; }

    public static TimelineItem Of(CaseActivityRow row) =>
        new() { At = row.At, Kind = row.Kind, Actor = row.Actor, OldValue = row.OldValue, NewValue = row.NewValue, Comment = row.Comment, Ref = row.Id, LeafId = row.LeafId };

    public static TimelineItem Of(CaseTransactionRow row) => new()
    {
        At = row.AddedAt,
        Kind = DecisionPayload.Kind,
        Actor = "system:pipeline",
        NewValue = row.Decision.OnTheWire(),
        Ref = row.TransactionRef,
        LeafId = row.LeafId,
    };

    public static TimelineItem Of(ApprovalRequestRow row) => new()
    {
        At = row.CreatedAt,
        Kind = "approval.requested",
        Actor = row.RequestedBy,
        NewValue = row.Status.ToString(),
        Comment = row.Summary,
        Ref = row.Id,
        LeafId = row.LeafId,
    };
}

/// <summary>A case's story, oldest first.</summary>
internal sealed record TimelineAnswer(Guid Id, IReadOnlyList<TimelineItem> Items, string? Next)
{
    /// <summary>With what people wrote as the reader may see it.</summary>
    public TimelineAnswer Shown(Func<string, string> words) => this with { Items = [.. Items.Select(item => item.Comment is { } comment ? item with { Comment = words(comment) } : item)] };
}
