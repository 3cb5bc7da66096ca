using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Boosting;

namespace FinObs.Scoring.Ensemble;

/// <summary>How forest and autoencoder add up to the margin:
/// <c>ForestWeight · (forest term - ForestReference) + ReconstructionWeight · Σ (error - ReconstructionReference)</c>, and with a supervised member <c>+ Weight · (its term - its reference)</c>.</summary>
/// <param name="ForestWeight">w₁, margin per unit of forest term.</param>
/// <param name="ForestReference">Mean forest term of the training window.</param>
/// <param name="ReconstructionWeight">w₂, margin per unit of reconstruction error.</param>
/// <param name="ReconstructionReference">F mean reconstruction errors of the training window.</param>
/// <param name="ErrorFunction">What a residual counts for.</param>
/// <param name="HuberDelta">δ of <see cref="ErrorFunction.Huber"/>.</param>
public sealed record EnsembleParameters(
    double ForestWeight,
    double ForestReference,
    double ReconstructionWeight,
    double[] ReconstructionReference,
    ErrorFunction ErrorFunction,
    double HuberDelta)
{
    /// <summary>The member grown on reviews; <see langword="null"/> where there is none.</summary>
    public SupervisedParameters? Supervised { get; init; }
}
