namespace FinObs.Scoring.Boosting;

/// <summary>How a boosted member is grown. Small trees and slow steps: what is known are some hundred frauds.</summary>
public sealed record BoostingOptions
{
    /// <summary>Number of trees.</summary>
    public int Trees { get; init; } = 150;

    /// <summary>Most leaves of a tree.</summary>
    public int Leaves { get; init; } = 8;

    /// <summary>Share of each tree's Newton step that is taken.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Least weight of rows in a leaf.</summary>
    public double LeafWeight { get; init; } = 10;

    /// <summary>L2 penalty on leaf values, in units of the loss's second derivative.</summary>
    public double Penalty { get; init; } = 5;

    internal void Validate()
    {
        if (Trees is < 1 or > 10_000 || Leaves is < 2 or > 256 || !(LearningRate is > 0 and <= 1) || !(LeafWeight >= 0) || !(Penalty > 0) || !double.IsFinite(LeafWeight + Penalty))
        {
            throw new ArgumentException("Boosting options: Trees must be 1..10,000, Leaves 2..256, LearningRate in (0, 1], LeafWeight not negative, Penalty positive.");
        }
    }
}
