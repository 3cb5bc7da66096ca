namespace FinObs.Scoring.Evaluation;

/// <summary>A version on the hold-out. What cannot be computed is null.</summary>
/// <param name="AveragePrecision">Over rows with a label.</param>
/// <param name="Auc">Over rows with a label.</param>
/// <param name="RecallAt1Percent">Share of the frauds among the highest 1 % of labelled rows.</param>
/// <param name="PrecisionAt100">Share of frauds among the highest 100 labelled rows.</param>
/// <param name="AlertRate">Share of all rows at or above the review threshold.</param>
/// <param name="ExpectedAlertRate">What that threshold is meant to give: 1 - reviewAt.</param>
/// <param name="BlockRate">Share of all rows at or above the block threshold.</param>
/// <param name="ScorePsi">Stability index of the scores against the version's own training window.</param>
/// <param name="ReconstructionShift">Mean reconstruction share of the margin against its own reference sample, in that sample's standard deviations.</param>
public sealed record HoldOutMetrics(
    double? AveragePrecision, double? Auc, double? RecallAt1Percent, double? PrecisionAt100, double AlertRate, double ExpectedAlertRate, double BlockRate, double? ScorePsi, double? ReconstructionShift);
