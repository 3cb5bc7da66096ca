using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>A backtest: what was asked, by whom, and what it found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Namespace">Whose decisions.</param>
/// <param name="Model">Whose version, or whose decisions.</param>
/// <param name="Version">That scored; null: the stored scores stood.</param>
/// <param name="ModelDigest">Of its artifact.</param>
/// <param name="ReviewAt">Score from which on a person reviews.</param>
/// <param name="BlockAt">Score from which on it is blocked.</param>
/// <param name="From">Received at or after.</param>
/// <param name="To">Received before.</param>
/// <param name="DecidedBy">Only decisions of this model or version; null = of all.</param>
/// <param name="LabelMaturityDays">Labels of younger transactions did not count.</param>
/// <param name="By">Who asked.</param>
/// <param name="At">When it was done.</param>
/// <param name="Report">What it found.</param>
/// <param name="ReportDigest"><c>sha256:</c> of the stored report, as the audit log has it.</param>
/// <param name="LeafId">Proves it.</param>
internal sealed record BacktestAnswer(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("namespace")] string Namespace,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("version")] string? Version,
    [property: JsonPropertyName("model_digest")] string? ModelDigest,
    [property: JsonPropertyName("review_at")] double ReviewAt,
    [property: JsonPropertyName("block_at")] double BlockAt,
    [property: JsonPropertyName("from")] DateTimeOffset From,
    [property: JsonPropertyName("to")] DateTimeOffset To,
    [property: JsonPropertyName("decided_by")] string? DecidedBy,
    [property: JsonPropertyName("label_maturity_days")] double LabelMaturityDays,
    [property: JsonPropertyName("by")] string By,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("report")] BacktestReport Report,
    [property: JsonPropertyName("report_sha256")] string ReportDigest,
    [property: JsonPropertyName("leaf_id")] Guid LeafId)
{
    public static BacktestAnswer Of(BacktestRow row) => new(
        row.Id, row.Namespace, row.Model, row.Version, row.Digest, row.ReviewAt, row.BlockAt, row.From, row.To, row.DecidedBy, TimeSpan.FromMicroseconds(row.Maturity).TotalDays, row.By, row.At,
        JsonSerializer.Deserialize<BacktestReport>(row.Report)!, row.ReportDigest, row.LeafId);
}

/// <summary>Backtests, newest first.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">Send it as <c>before</c> for the next page; null: there is none.</param>
internal sealed record BacktestPage([property: JsonPropertyName("items")] IReadOnlyList<BacktestAnswer> Items, [property: JsonPropertyName("next")] Guid? Next);
