using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Ensemble;

/// <summary>Explains margins of the ensemble: w₁ · SHAP values of the forest term, plus w₂ · each feature's reconstruction error less its reference mean.</summary>
internal sealed class EnsembleExplainer
{
    /// <summary>Bound on |base + Σ contributions - margin|, relative to the margin where that is greater than 1.</summary>
    public const double Tolerance = 1e-9;

    private readonly EnsembleEvaluator _ensemble;
    private readonly ScoreCalibration _calibration;
    private readonly TreeShap _shap;
    private readonly double _forestPerDepth;
    private readonly double _base;

    public EnsembleExplainer(EnsembleEvaluator ensemble, ScoreCalibration calibration)
    {
        _ensemble = ensemble;
        _calibration = calibration;
        _shap = new TreeShap(ensemble.Forest.Trees, ensemble.FeatureCount);

        // SHAP values are of the sum over the trees; the term is linear in the mean.
        int trees = ensemble.Forest.Trees.Count;
        _forestPerDepth = ensemble.Parameters.ForestWeight * ensemble.Forest.TermPerDepth / trees;
        _base = ensemble.Parameters.ForestWeight * (ensemble.Forest.TermOf(_shap.ExpectedValue / trees) - ensemble.Parameters.ForestReference);
    }

    public ScoreExplanation Explain(ReadOnlySpan<float> row)
    {
        int features = _ensemble.FeatureCount;
        Span<double> margin = stackalloc double[1];
        _ensemble.Margins(row, margin);
        var forest = new double[features];
        var reconstruction = new double[features];
        var contributions = new double[features];
        if (!double.IsFinite(margin[0]))
        {
            return new ScoreExplanation(ExplanationMethod.Unavailable, _base, [], [], [], margin[0], double.NaN, "A feature of the row is not a finite number.");
        }

        _shap.Explain(row, forest);
        _ensemble.Autoencoder.Errors(row, reconstruction);
        double total = _base;
        for (int f = 0; f < features; f++)
        {
            forest[f] *= _forestPerDepth;
            reconstruction[f] = _ensemble.Parameters.ReconstructionWeight * (reconstruction[f] - _ensemble.Parameters.ReconstructionReference[f]);
            contributions[f] = forest[f] + reconstruction[f];
            total += contributions[f];
        }

        string? failure = Additivity.Check(total, margin[0], Tolerance);
        ExplanationMethod method = failure is null ? ExplanationMethod.TreeShapExact : ExplanationMethod.Failed;
        return new ScoreExplanation(method, _base, contributions, forest, reconstruction, margin[0], _calibration.ScoreOf(margin[0]), failure);
    }
}
