using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.IsolationForest;

namespace FinObs.Scoring.Ensemble;

/// <summary>In what unit the two terms of the ensemble are measured before they are weighed.</summary>
public enum TermScale
{
    /// <summary>Standard deviation over the training window.</summary>
    StandardDeviation = 0,

    /// <summary>Greatest minus least over the training window.</summary>
    Range = 1,

    /// <summary>Mean distance of the upper 1 % from the mean: the two terms weigh alike where alerts are made.</summary>
    UpperTail = 2,
}

/// <summary>How an ensemble is trained.</summary>
public sealed record EnsembleOptions
{
    /// <summary>Name of the model, DNS-1123.</summary>
    public string Model { get; init; } = "finobs-ensemble";

    /// <summary>Semantic version of the model.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>Number of trees.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Rows each tree is grown on.</summary>
    public int Sample { get; init; } = 1024;

    /// <summary>Principal components that the autoencoder keeps; bounded by the number of features.</summary>
    public int Components { get; init; } = 4;

    /// <summary>Weigh each dropped component by 1/√variance (with 0 components: the Mahalanobis distance, per feature).</summary>
    public bool Whiten { get; init; }

    /// <summary>What a residual counts for.</summary>
    public ErrorFunction ErrorFunction { get; init; } = ErrorFunction.Squared;

    /// <summary>δ of <see cref="ErrorFunction.Huber"/>, in standard deviations.</summary>
    public double HuberDelta { get; init; } = 3;

    /// <summary>Weight of the forest, in units of <see cref="Scale"/>.</summary>
    public double ForestWeight { get; init; } = 0.6;

    /// <summary>Weight of the autoencoder, in units of <see cref="Scale"/>.</summary>
    public double ReconstructionWeight { get; init; } = 0.4;

    /// <summary>Unit of the weights.</summary>
    public TermScale Scale { get; init; } = TermScale.StandardDeviation;

    /// <summary>Chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Rows of the training window that the artifact keeps as reference sample.</summary>
    public int ReferenceRows { get; init; } = 1000;

    /// <summary>How a member on reviews is grown, where there are any; <see langword="null"/> = the defaults.</summary>
    public BoostingOptions? Boosting { get; init; }

    /// <summary>Thresholds written into the manifest.</summary>
    public DecisionThresholds Thresholds { get; init; } = DecisionThresholds.Default;

    internal void Validate(int features)
    {
        Require(features is > 0 and <= PcaAutoencoder.MostFeatures, $"the number of features must be 1..{PcaAutoencoder.MostFeatures}");
        Require(Trees is > 0 and <= 10_000, "Trees must be 1..10,000");
        Require(Sample is >= 2 and <= ForestTrainer.LargestSample, $"Sample must be 2..{ForestTrainer.LargestSample}");
        Require(Components >= 0, "Components must not be negative");
        Require(double.IsFinite(HuberDelta) && HuberDelta > 0, "HuberDelta must be positive");
        Require(double.IsFinite(ForestWeight) && double.IsFinite(ReconstructionWeight) && ForestWeight >= 0 && ReconstructionWeight >= 0, "weights must not be negative");
        Require(ForestWeight + ReconstructionWeight > 0, "one of the weights must be positive");
        Boosting?.Validate();
        Require(ReferenceRows is >= 1 and <= 100_000, "ReferenceRows must be 1..100,000");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Ensemble options: {rule}.");
        }
    }
}
