using FinObs.DataPlane.Pulls.Store;

namespace FinObs.DataPlane.Pulls.Api;

/// <summary>Runs, newest first.</summary>
/// <param name="Runs">Of one source.</param>
/// <param name="Before">Ask with it for older ones; none = there are none.</param>
internal sealed record PullRunList(IReadOnlyList<PullRunAnswer> Runs, DateTimeOffset? Before);

/// <summary>One run.</summary>
internal sealed record PullRunAnswer(
    Guid Id, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Outcome, int? HttpStatus, int Pages, long Fetched, long Ingested, long Duplicates, long Rejected, long Flagged, string? Message, string? TraceId)
{
    public static PullRunAnswer Of(PullRunRow row) => new(
        row.Id, row.StartedAt, row.EndedAt, row.Outcome, row.HttpStatus == 0 ? null : row.HttpStatus, row.Pages, row.Fetched, row.Ingested, row.Duplicates, row.Rejected, row.Flagged, row.Message, row.TraceId);
}

/// <summary>Bad items, newest first.</summary>
internal sealed record QuarantineList(IReadOnlyList<QuarantinedItem> Items, DateTimeOffset? Before);

/// <summary>A bad item, without what it holds.</summary>
internal sealed record QuarantinedItem(Guid Id, DateTimeOffset At, string Code, string Reason, string State, bool Truncated);

/// <summary>A bad item with its text; null where it is settled or cannot be opened.</summary>
internal sealed record QuarantinedText(QuarantinedItem Item, string? Text);

/// <summary>A bad item that was taken in after all.</summary>
internal sealed record RetryAnswer(Guid Id, string TransactionId, bool Duplicate, bool Flagged);
