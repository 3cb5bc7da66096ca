namespace FinObs.Scoring.Boosting;

/// <summary>How a boosted member joins the margin: <c>+ Weight · (term - Reference)</c>, and what it was grown on.</summary>
/// <param name="Weight">w₃, margin per unit of log-odds.</param>
/// <param name="Reference">Mean term of the training window.</param>
/// <param name="Share">Share of the member in the blend that the weight comes from, 0..1; it grows with the number of reviews.</param>
/// <param name="Reviews">Transactions with a known outcome that it was grown on.</param>
/// <param name="Frauds">Frauds among them.</param>
/// <param name="CrossValidatedPrecision">Average precision of the blend on reviews that the member had not seen, five blocks by time.</param>
/// <param name="UnsupervisedPrecision">Average precision of the ensemble without the member on the same reviews.</param>
public sealed record SupervisedParameters(
    double Weight, double Reference, double Share, int Reviews, int Frauds, double CrossValidatedPrecision, double UnsupervisedPrecision);
