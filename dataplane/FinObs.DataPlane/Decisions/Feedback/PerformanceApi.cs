using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Decisions.Feedback;

/// <summary>Whether the decisions were right, as far as it is known.</summary>
internal static class PerformanceApi
{
    /// <summary>Fewer labelled transactions say little; the figures are given all the same, with this said.</summary>
    private const int Enough = 10;
    private const int DefaultDays = 30;
    private const int MostDays = 3_660;

    public static IEndpointRouteBuilder MapPerformance(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/metrics").WithTags("Decisions").RequirePermission(Permissions.SystemMetricsRead);
        group.MapGet("/evaluation", EvaluationAsync).WithName("GetEvaluation").WithSummary("Precision, recall, F1 and confusion of the decisions against the labels, over the last days.");
        group.MapGet("/confusion", ConfusionAsync).WithName("GetConfusion").WithSummary("How many labelled transactions there are of each decision and label.");
        group.MapGet("/calibration", CalibrationAsync).WithName("GetCalibration").WithSummary("The share of fraud among the labelled transactions of each band of scores.");
        return app;
    }

    private static async Task<Results<Ok<EvaluationAnswer>, ProblemHttpResult>> EvaluationAsync(
        RealisedPerformance performance, TimeProvider time, string? @namespace, int? days, CancellationToken cancellationToken)
    {
        if (Range(days, time) is not { } range)
        {
            return BadDays;
        }

        LabelCounts counts = await performance.CountAsync(@namespace ?? ModelRouter.DefaultNamespace, range.From, cancellationToken);
        return TypedResults.Ok(new EvaluationAnswer(
            StatusOf(counts.Labelled), range.Days, range.From, counts.Labelled, counts.Of(TransactionLabel.Fraud), counts.Of(TransactionLabel.Legitimate),
            FiguresAnswer.Of(counts.From(Decision.Review)), FiguresAnswer.Of(counts.From(Decision.Block)), ConfusionCell.All(counts)));
    }

    private static async Task<Results<Ok<ConfusionAnswer>, ProblemHttpResult>> ConfusionAsync(
        RealisedPerformance performance, TimeProvider time, string? @namespace, int? days, CancellationToken cancellationToken)
    {
        if (Range(days, time) is not { } range)
        {
            return BadDays;
        }

        LabelCounts counts = await performance.CountAsync(@namespace ?? ModelRouter.DefaultNamespace, range.From, cancellationToken);
        return TypedResults.Ok(new ConfusionAnswer(StatusOf(counts.Labelled), range.Days, range.From, counts.Labelled, ConfusionCell.All(counts)));
    }

    private static async Task<Results<Ok<CalibrationAnswer>, ProblemHttpResult>> CalibrationAsync(
        RealisedPerformance performance, TimeProvider time, string? @namespace, int? days, CancellationToken cancellationToken)
    {
        if (Range(days, time) is not { } range)
        {
            return BadDays;
        }

        List<ScoreBand> bands = await performance.BandsAsync(@namespace ?? ModelRouter.DefaultNamespace, range.From, cancellationToken);
        long labelled = bands.Sum(band => band.Labelled);
        return TypedResults.Ok(new CalibrationAnswer(StatusOf(labelled), range.Days, range.From, labelled, [.. bands.Select(BandAnswer.Of)]));
    }

    private static (int Days, DateTimeOffset From)? Range(int? days, TimeProvider time) =>
        (days ?? DefaultDays) is var given && given is >= 1 and <= MostDays ? (given, time.GetUtcNow().AddDays(-given)) : null;

    private static ProblemHttpResult BadDays => TypedResults.Problem(
        $"days must be a whole number from 1 to {MostDays}; {DefaultDays} where left out.", statusCode: StatusCodes.Status400BadRequest, title: "The range is not valid.");

    private static string StatusOf(long labelled) => labelled >= Enough ? "ok" : "insufficient_labels";
}

/// <summary>Decisions of record against labels.</summary>
/// <param name="Status"><c>ok</c>, or <c>insufficient_labels</c> below ten.</param>
/// <param name="Days">Length of the range.</param>
/// <param name="From">Transactions received from then on.</param>
/// <param name="Labelled">Those with a label; only they are counted.</param>
/// <param name="Fraud">Of them.</param>
/// <param name="Legitimate">Of them.</param>
/// <param name="Flagged">Review or Block as "fraud".</param>
/// <param name="Blocked">Block alone as "fraud".</param>
/// <param name="Confusion">Counts of each decision and label.</param>
internal sealed record EvaluationAnswer(
    string Status, int Days, DateTimeOffset From, long Labelled, long Fraud, long Legitimate, FiguresAnswer Flagged, FiguresAnswer Blocked, IReadOnlyList<ConfusionCell> Confusion);

/// <summary>Null where there is nothing to divide by.</summary>
internal sealed record FiguresAnswer(
    long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives, double? Precision, double? Recall, double? F1, double? FalsePositiveRate, double? Accuracy)
{
    public static FiguresAnswer Of(TwoByTwo counts) => new(
        counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives, counts.Precision, counts.Recall, counts.F1, counts.FalsePositiveRate, counts.Accuracy);
}

/// <summary>The confusion matrix.</summary>
internal sealed record ConfusionAnswer(string Status, int Days, DateTimeOffset From, long Labelled, IReadOnlyList<ConfusionCell> Cells);

/// <summary>One row of it.</summary>
internal sealed record ConfusionCell(Decision Decided, long Fraud, long Legitimate)
{
    public static IReadOnlyList<ConfusionCell> All(LabelCounts counts) =>
        [.. Enum.GetValues<Decision>().Select(decided => new ConfusionCell(decided, counts.Of(decided, TransactionLabel.Fraud), counts.Of(decided, TransactionLabel.Legitimate)))];
}

/// <summary>Fraud by bands of scores.</summary>
internal sealed record CalibrationAnswer(string Status, int Days, DateTimeOffset From, long Labelled, IReadOnlyList<BandAnswer> Bands);

/// <summary>One band: scores from its lower edge up to, and without, its upper; the last includes 1.</summary>
internal sealed record BandAnswer(double From, double To, long Labelled, long Fraud, double FraudRate, double AverageScore)
{
    public static BandAnswer Of(ScoreBand band) => new(
        RealisedPerformance.Edges[band.Band], band.Band + 1 < RealisedPerformance.Edges.Length ? RealisedPerformance.Edges[band.Band + 1] : 1,
        band.Labelled, band.Fraud, (double)band.Fraud / band.Labelled, band.AverageScore);
}
