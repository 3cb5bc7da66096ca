using System.Text.Json.Serialization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions.Feedback;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>Decisions of record against what would have been decided. Rules hit as they did then; overrides are left out.</summary>
/// <param name="Decisions">Compared.</param>
/// <param name="NotScored">Left out: no model scored them.</param>
/// <param name="ByOthers">Left out: another model's, by <c>decided_by</c>.</param>
/// <param name="Unscorable">Of those compared, the version has no score for; a person would review them.</param>
/// <param name="Rescored">By the version; false: the stored scores stand.</param>
/// <param name="Features"><c>exact</c>, or <c>other_population</c>: vectors were made with the population of the version that decided, which short histories are shrunk towards.</param>
/// <param name="BaseCurrency">Of all amounts.</param>
/// <param name="AmountUnknown">Transactions without a rate: they count as 0 in amounts.</param>
/// <param name="Labels">What is known of the compared ones.</param>
/// <param name="Before">Of record.</param>
/// <param name="After">By the backtest.</param>
/// <param name="Changes">What is decided otherwise.</param>
/// <param name="Days">Load by day of receipt, UTC; days without decisions are left out.</param>
internal sealed record BacktestReport(
    [property: JsonPropertyName("decisions")] long Decisions,
    [property: JsonPropertyName("not_scored")] long NotScored,
    [property: JsonPropertyName("by_others")] long ByOthers,
    [property: JsonPropertyName("unscorable")] long Unscorable,
    [property: JsonPropertyName("rescored")] bool Rescored,
    [property: JsonPropertyName("features")] string Features,
    [property: JsonPropertyName("base_currency")] string BaseCurrency,
    [property: JsonPropertyName("amount_unknown")] long AmountUnknown,
    [property: JsonPropertyName("labels")] BacktestLabels Labels,
    [property: JsonPropertyName("before")] BacktestSide Before,
    [property: JsonPropertyName("after")] BacktestSide After,
    [property: JsonPropertyName("changes")] BacktestChanges Changes,
    [property: JsonPropertyName("days")] IReadOnlyList<BacktestDay> Days)
{
    public const string Exact = "exact";
    public const string OtherPopulation = "other_population";
}

/// <summary>Labels of the compared decisions.</summary>
/// <param name="Labelled">That count.</param>
/// <param name="Fraud">Of them.</param>
/// <param name="Legitimate">Of them.</param>
/// <param name="Immature">Do not count yet.</param>
/// <param name="Coverage">Labelled ones among all compared; null where nothing is compared.</param>
internal sealed record BacktestLabels(
    [property: JsonPropertyName("labelled")] long Labelled,
    [property: JsonPropertyName("fraud")] long Fraud,
    [property: JsonPropertyName("legitimate")] long Legitimate,
    [property: JsonPropertyName("immature")] long Immature,
    [property: JsonPropertyName("coverage")] double? Coverage);

/// <summary>One side.</summary>
/// <param name="Decisions">By kind.</param>
/// <param name="Alerts">Reviews and blocks.</param>
/// <param name="AlertShare">Of all; null where there are none.</param>
/// <param name="AlertsPerDay">On average over the days that had decisions.</param>
/// <param name="AmountFlagged">Sum of what was flagged: what waits or is stopped.</param>
/// <param name="FraudCaught">Amount of the known frauds that were flagged.</param>
/// <param name="FraudMissed">Amount of the known frauds that were let go.</param>
/// <param name="Flagged">Review or Block as "fraud", on the labels.</param>
/// <param name="Blocked">Block alone as "fraud".</param>
internal sealed record BacktestSide(
    [property: JsonPropertyName("decisions")] IReadOnlyDictionary<string, long> Decisions,
    [property: JsonPropertyName("alerts")] long Alerts,
    [property: JsonPropertyName("alert_share")] double? AlertShare,
    [property: JsonPropertyName("alerts_per_day")] double? AlertsPerDay,
    [property: JsonPropertyName("amount_flagged")] double AmountFlagged,
    [property: JsonPropertyName("amount_fraud_caught")] double FraudCaught,
    [property: JsonPropertyName("amount_fraud_missed")] double FraudMissed,
    [property: JsonPropertyName("flagged")] BacktestFigures Flagged,
    [property: JsonPropertyName("blocked")] BacktestFigures Blocked);

/// <summary>A test against the labels; null where there is nothing to divide by.</summary>
internal sealed record BacktestFigures(
    [property: JsonPropertyName("true_positives")] long TruePositives,
    [property: JsonPropertyName("false_positives")] long FalsePositives,
    [property: JsonPropertyName("false_negatives")] long FalseNegatives,
    [property: JsonPropertyName("true_negatives")] long TrueNegatives,
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("f1")] double? F1)
{
    public static BacktestFigures Of(TwoByTwo counts) => new(counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives, counts.Precision, counts.Recall, counts.F1);
}

/// <summary>What is decided otherwise.</summary>
/// <param name="Stricter">Towards Block.</param>
/// <param name="Laxer">Towards Approve.</param>
/// <param name="Matrix">By the decision before, then after.</param>
/// <param name="Examples">The first five of each kind of change.</param>
internal sealed record BacktestChanges(
    [property: JsonPropertyName("stricter")] long Stricter,
    [property: JsonPropertyName("laxer")] long Laxer,
    [property: JsonPropertyName("matrix")] IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Matrix,
    [property: JsonPropertyName("examples")] IReadOnlyList<BacktestExample> Examples);

/// <summary>A decision that changes.</summary>
internal sealed record BacktestExample([property: JsonPropertyName("id")] Guid Id, [property: JsonPropertyName("before")] Decision Before, [property: JsonPropertyName("after")] Decision After);

/// <summary>A day's load.</summary>
internal sealed record BacktestDay(
    [property: JsonPropertyName("day")] DateOnly Day, [property: JsonPropertyName("decisions")] long Decisions, [property: JsonPropertyName("alerts_before")] long AlertsBefore,
    [property: JsonPropertyName("alerts_after")] long AlertsAfter);
