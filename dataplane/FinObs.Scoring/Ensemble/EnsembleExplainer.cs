using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Ensemble;

/// <summary>Explains margins of the ensemble: w₁ · SHAP values of the forest term, plus w₂ · each feature's reconstruction error less its reference mean, plus w₃ · SHAP values of the supervised member's trees.</summary>
internal sealed class EnsembleExplainer
{
    /// <summary>Bound on |base + Σ contributions - margin|, relative to the margin where that is greater than 1.</summary>
    public const double Tolerance = 1e-9;

    private readonly EnsembleEvaluator _ensemble;
    private readonly ScoreCalibration _calibration;
    private readonly TreeShap _shap;
    private readonly TreeShap? _memberShap;
    private readonly double _memberWeight;
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
        if (ensemble.Parameters.Supervised is { } supervised)
        {
            _memberShap = new TreeShap(ensemble.Member!.Trees, ensemble.FeatureCount);
            _memberWeight = supervised.Weight;
            _base += supervised.Weight * (_memberShap.ExpectedValue - supervised.Reference);
        }
    }

    public ScoreExplanation Explain(ReadOnlySpan<float> row)
    {
        Span<double> margin = stackalloc double[1];
        _ensemble.Margins(row, margin);
        var forest = new double[_ensemble.FeatureCount];
        _shap.Explain(row, forest);
        double[] member = _memberShap is null ? [] : new double[forest.Length];
        _memberShap?.Explain(row, member);
        return Explain(row, margin[0], forest, member);
    }

    public ScoreExplanation[] ExplainRows(ReadOnlySpan<float> rows)
    {
        int features = _ensemble.FeatureCount;
        var margins = new double[rows.Length / features];
        var values = new double[rows.Length];
        _ensemble.Margins(rows, margins);
        _shap.Explain(rows, values, maxThreads: -1);
        double[] members = _memberShap is null ? [] : new double[rows.Length];
        _memberShap?.Explain(rows, members, maxThreads: -1);
        var explanations = new ScoreExplanation[margins.Length];
        for (int i = 0; i < explanations.Length; i++)
        {
            explanations[i] = Explain(rows.Slice(i * features, features), margins[i], values.AsSpan(i * features, features).ToArray(), _memberShap is null ? [] : members.AsSpan(i * features, features));
        }

        return explanations;
    }

    /// <param name="row">F features.</param>
    /// <param name="margin">By the scoring walk, which knows nothing of the explanation: the check below is between two independent calculations.</param>
    /// <param name="forest">SHAP values of the sum over the trees; becomes the trees' contributions.</param>
    /// <param name="member">SHAP values of the member's sum; empty where there is none.</param>
    private ScoreExplanation Explain(ReadOnlySpan<float> row, double margin, double[] forest, ReadOnlySpan<double> member)
    {
        if (!double.IsFinite(margin))
        {
            return new ScoreExplanation(ExplanationMethod.Unavailable, _base, [], [], [], margin, double.NaN, "A feature of the row is not a finite number.");
        }

        var reconstruction = new double[forest.Length];
        var contributions = new double[forest.Length];
        _ensemble.Autoencoder.Errors(row, reconstruction);
        double total = _base;
        for (int f = 0; f < forest.Length; f++)
        {
            forest[f] *= _forestPerDepth;
            forest[f] += member.IsEmpty ? 0 : _memberWeight * member[f];
            reconstruction[f] = _ensemble.Parameters.ReconstructionWeight * (reconstruction[f] - _ensemble.Parameters.ReconstructionReference[f]);
            contributions[f] = forest[f] + reconstruction[f];
            total += contributions[f];
        }

        string? failure = Additivity.Check(total, margin, Tolerance);
        ExplanationMethod method = failure is null ? ExplanationMethod.TreeShapExact : ExplanationMethod.Failed;
        return new ScoreExplanation(method, _base, contributions, forest, reconstruction, margin, _calibration.ScoreOf(margin), failure);
    }
}
