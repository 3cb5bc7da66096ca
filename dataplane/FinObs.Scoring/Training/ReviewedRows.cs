namespace FinObs.Scoring.Training;

/// <summary>Transactions of a training window whose outcome is known, in time order, their features computed as they were live.</summary>
/// <param name="Rows">N × F finite feature values, row-major.</param>
/// <param name="Frauds">N outcomes.</param>
/// <param name="LegitimateWeight">How many reviewed legitimate transactions each of those here stands for: 1, or more where a large window was thinned.</param>
public sealed record ReviewedRows(ReadOnlyMemory<float> Rows, bool[] Frauds, double LegitimateWeight = 1)
{
    /// <summary>Reviews, those that others stand for included.</summary>
    public int Reviews => FraudCount + (int)Math.Round((Frauds.Length - FraudCount) * LegitimateWeight);

    /// <summary>Frauds among them.</summary>
    public int FraudCount => Frauds.Count(fraud => fraud);
}
