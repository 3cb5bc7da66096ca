using System.Text.Json.Serialization;
using FinObs.DataPlane.Decisions.Feedback;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>An evaluation was kept.</summary>
internal sealed record SubmittedAnswer(
    [property: JsonPropertyName("submission")] EvaluationAnswer Submission,
    [property: JsonPropertyName("status")] string Status);

/// <summary>A submitted evaluation. Review or Block counts as "fraud"; a figure without a denominator is null. The matrix is by predicted, then by actual action.</summary>
internal sealed record EvaluationAnswer(
    [property: JsonPropertyName("submission_id")] Guid SubmissionId,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("n_predictions")] long Predictions,
    [property: JsonPropertyName("accuracy")] double? Accuracy,
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("f1")] double? F1,
    [property: JsonPropertyName("confusion_matrix")] IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ConfusionMatrix,
    [property: JsonPropertyName("submitted_at")] DateTimeOffset SubmittedAt,
    [property: JsonPropertyName("submitted_by")] string SubmittedBy,
    [property: JsonPropertyName("predictions_sha256")] string Digest,
    [property: JsonPropertyName("leaf_id")] Guid LeafId)
{
    public static EvaluationAnswer Of(EvaluationRow row)
    {
        Confusion counts = Confusion.Parse(row.Counts);
        TwoByTwo flagged = counts.Flagged;
        return new EvaluationAnswer(
            row.Id, row.ModelVersion, counts.Total, flagged.Accuracy, flagged.Precision, flagged.Recall, flagged.F1, counts.ByName(), row.At, row.By, row.Digest, row.LeafId);
    }
}

/// <summary>A page, newest first.</summary>
internal sealed record EvaluationPage(
    [property: JsonPropertyName("results")] IReadOnlyList<EvaluationAnswer> Results,
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("next")] Guid? Next);

/// <summary>Versions, the best first.</summary>
/// <param name="Leaderboard">By F1.</param>
/// <param name="TotalVersions">How many.</param>
/// <param name="From">Transactions received from then on; null where submissions are ranked.</param>
/// <param name="Basis"><c>own_decisions</c>: each version on the labelled transactions that it decided; <c>submissions</c>: on what was submitted for it last, which nobody here checked.</param>
internal sealed record LeaderboardAnswer(
    [property: JsonPropertyName("leaderboard")] IReadOnlyList<LeaderboardEntry> Leaderboard,
    [property: JsonPropertyName("total_versions")] int TotalVersions,
    [property: JsonPropertyName("from")] DateTimeOffset? From,
    [property: JsonPropertyName("basis")] string Basis)
{
    public static LeaderboardAnswer Of(IReadOnlyList<Standing> ranked, DateTimeOffset? from, string basis) =>
        new([.. ranked.Select(LeaderboardEntry.Of)], ranked.Count, from, basis);
}

/// <summary>A version. Review or Block counts as "fraud"; a figure without a denominator is null.</summary>
internal sealed record LeaderboardEntry(
    [property: JsonPropertyName("rank")] int Rank,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("f1")] double? F1,
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("accuracy")] double? Accuracy,
    [property: JsonPropertyName("n_predictions")] long Predictions,
    [property: JsonPropertyName("submitted_at")] DateTimeOffset? SubmittedAt)
{
    public static LeaderboardEntry Of(Standing one, int index) =>
        new(index + 1, one.ModelVersion, one.Flagged.F1, one.Flagged.Precision, one.Flagged.Recall, one.Flagged.Accuracy, one.Predictions, one.SubmittedAt);
}
