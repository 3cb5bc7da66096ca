namespace FinObs.Scoring.Explanation;

/// <summary>How an explanation was made.</summary>
public enum ExplanationMethod
{
    /// <summary>Exact path-dependent TreeSHAP plus the autoencoder's own per-feature decomposition.</summary>
    TreeShapExact = 0,

    /// <summary>No explanation is possible for this model; the reason says why.</summary>
    Unavailable = 1,

    /// <summary>The additivity assertion failed: the numbers are kept for inspection and must not be shown as an explanation.</summary>
    Failed = 2,
}

/// <summary>Why a row has its score, in margin units: <c>Base + Σ Contributions = Margin</c>, then the margin is calibrated to the score.</summary>
/// <param name="Method">How it was made.</param>
/// <param name="Base">The margin where nothing is known of the row.</param>
/// <param name="Contributions">F contributions, forest and reconstruction together; positive raises the score. Empty where unavailable.</param>
/// <param name="ForestContributions">F: the trees' share (exact SHAP values, weighted): the isolation forest's and, where the model has one, those of the member grown on reviews. Empty where there is no forest.</param>
/// <param name="ReconstructionContributions">F: the autoencoder's share (a decomposition, not a Shapley value). Empty where there is none.</param>
/// <param name="Margin">The margin explained.</param>
/// <param name="Score">The score of record that the margin is calibrated to.</param>
/// <param name="Reason">Why there is none, or why it failed; otherwise <see langword="null"/>.</param>
public sealed record ScoreExplanation(
    ExplanationMethod Method,
    double Base,
    double[] Contributions,
    double[] ForestContributions,
    double[] ReconstructionContributions,
    double Margin,
    double Score,
    string? Reason = null);
