using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>Checks, newest first.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">Send it as <c>before</c> for the next page; null: there is none.</param>
internal sealed record ReplayCheckPage([property: JsonPropertyName("items")] IReadOnlyList<ReplayCheckAnswer> Items, [property: JsonPropertyName("next")] Guid? Next);

/// <summary>What the sample of a night found of a version.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ModelVersion"><c>name@version</c>.</param>
/// <param name="From">Of the day, by time of receipt.</param>
/// <param name="To">Of the day.</param>
/// <param name="CheckedAt">When.</param>
/// <param name="Decisions">That the version made on that day.</param>
/// <param name="Sampled">Of them, drawn by chance.</param>
/// <param name="Seed">Of the draw.</param>
/// <param name="BitEqual">Margin and score are the stored ones, bit for bit.</param>
/// <param name="WithinTolerance">On another engine, not bit-equal, and close enough.</param>
/// <param name="Mismatched">Neither.</param>
/// <param name="Failed">Could not be scored again though they should; <paramref name="Problem"/> says why.</param>
/// <param name="Elsewhere">Another server computes them; nothing here can.</param>
/// <param name="DecisionsChanged">The model would decide otherwise now, by the thresholds of then.</param>
/// <param name="LargestMarginDelta">In margin units.</param>
/// <param name="Examples">The first that are wrong.</param>
/// <param name="Problem">Null where there is none.</param>
/// <param name="LeafId">Proves it.</param>
internal sealed record ReplayCheckAnswer(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("from")] DateTimeOffset From,
    [property: JsonPropertyName("to")] DateTimeOffset To,
    [property: JsonPropertyName("checked_at")] DateTimeOffset CheckedAt,
    [property: JsonPropertyName("decisions")] long Decisions,
    [property: JsonPropertyName("sampled")] int Sampled,
    [property: JsonPropertyName("seed")] int Seed,
    [property: JsonPropertyName("bit_equal")] int BitEqual,
    [property: JsonPropertyName("within_tolerance")] int WithinTolerance,
    [property: JsonPropertyName("mismatched")] int Mismatched,
    [property: JsonPropertyName("failed")] int Failed,
    [property: JsonPropertyName("elsewhere")] int Elsewhere,
    [property: JsonPropertyName("decisions_changed")] int DecisionsChanged,
    [property: JsonPropertyName("largest_margin_delta")] double LargestMarginDelta,
    [property: JsonPropertyName("examples")] IReadOnlyList<string> Examples,
    [property: JsonPropertyName("problem")] string? Problem,
    [property: JsonPropertyName("leaf_id")] Guid LeafId)
{
    public static ReplayCheckAnswer Of(ReplayCheckRow row) => new(
        row.Id, row.ModelVersion, row.From, row.DueAt, row.CheckedAt, row.Decisions, row.Sampled, row.Seed, row.BitEqual, row.WithinTolerance, row.Mismatched, row.Failed, row.Elsewhere, row.DecisionsChanged,
        row.LargestMarginDelta, row.Examples.Length == 0 ? [] : row.Examples.Split('\n'), row.Problem, row.LeafId);
}
