using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>What would have been decided by another version, by other thresholds, or both.</summary>
/// <param name="Namespace">Tenant; <c>default</c> where left out.</param>
/// <param name="Model">Whose version, or whose decisions.</param>
/// <param name="Version">Scores the stored vectors again; left out: the stored scores stand, and the thresholds alone are tried.</param>
/// <param name="ReviewAt">Score from which on a person reviews; left out: the version's own.</param>
/// <param name="BlockAt">Score from which on it is blocked; not below <paramref name="ReviewAt"/>.</param>
/// <param name="From">Received at or after; 30 days before <paramref name="To"/> where left out.</param>
/// <param name="To">Received before; now where left out.</param>
/// <param name="DecidedBy">Only decisions of this model, or of <c>name@version</c>. Left out: all where a version is named, otherwise those of <paramref name="Model"/>: scores of two models are not one scale.</param>
/// <param name="LabelMaturityDays">Labels of transactions that are younger are not counted; <c>Retraining:LabelMaturity</c> where left out.</param>
internal sealed record BacktestRequest(
    [property: JsonPropertyName("namespace")] string? Namespace,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("version")] string? Version,
    [property: JsonPropertyName("review_at")] double? ReviewAt,
    [property: JsonPropertyName("block_at")] double? BlockAt,
    [property: JsonPropertyName("from")] DateTimeOffset? From,
    [property: JsonPropertyName("to")] DateTimeOffset? To,
    [property: JsonPropertyName("decided_by")] string? DecidedBy,
    [property: JsonPropertyName("label_maturity_days")] double? LabelMaturityDays)
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;
    private const int LongestName = 300;

    public DateTimeOffset Until(DateTimeOffset now) => Milliseconds(To is { } to && to < now ? to : now);

    public DateTimeOffset Since(DateTimeOffset now) => Milliseconds(From ?? Until(now).AddDays(-DefaultDays));

    /// <summary>A sentence that says what to send; null where all is well.</summary>
    public string? Problem(DateTimeOffset now) =>
        string.IsNullOrEmpty(Model) ? "model must name a model; GET /v1/models lists them."
        : Math.Max(Model.Length, Math.Max(Version?.Length ?? 0, DecidedBy?.Length ?? 0)) > LongestName ? $"Names have at most {LongestName} characters."
        : ReviewAt is null != BlockAt is null ? "review_at and block_at go together: send both, or neither for the version's own."
        : Version is null && ReviewAt is null ? "Send version, or review_at and block_at, or all three: without them nothing would be decided otherwise."
        : ReviewAt is { } review && !(double.IsFinite(review) && double.IsFinite(BlockAt!.Value) && review <= BlockAt) ? "review_at and block_at must be numbers, block_at not below review_at."
        : Since(now) >= Until(now) ? "from must be before to, and before now."
        : Until(now) - Since(now) > TimeSpan.FromDays(MostDays) ? $"The window may be {MostDays} days long."
        : LabelMaturityDays is { } days && days is not (>= 0 and <= MostDays) ? $"label_maturity_days must be from 0 to {MostDays}."
        : null;

    /// <summary>Ids carry milliseconds, so a window has them too.</summary>
    private static DateTimeOffset Milliseconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
}
