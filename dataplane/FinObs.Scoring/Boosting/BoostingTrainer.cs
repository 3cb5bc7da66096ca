using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Boosting;

/// <summary>Gradient boosting of the logistic loss (Friedman 2001) with Newton steps and a penalty on leaves (Chen and Guestrin 2016), on binned features. One thread, no chance: the same rows give the same trees.</summary>
internal static class BoostingTrainer
{
    /// <summary>Grows trees whose values add up to what is missing from given log-odds.</summary>
    /// <param name="cuts">N binned rows.</param>
    /// <param name="frauds">N outcomes.</param>
    /// <param name="weights">N weights, positive.</param>
    /// <param name="logOdds">N log-odds to start from.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up between trees.</param>
    /// <returns>Trees with cover (weight of rows); fewer than asked for where no split gains anything.</returns>
    public static Tree[] Train(FeatureCuts cuts, bool[] frauds, double[] weights, double[] logOdds, BoostingOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNotEqual(frauds.Length, cuts.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, cuts.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(logOdds.Length, cuts.Count);
        double[] odds = [.. logOdds];
        double[] gradients = new double[cuts.Count], curvatures = new double[cuts.Count];
        BoostedTreeGrower grower = new(cuts, weights, gradients, curvatures, options);
        List<Tree> trees = [];
        for (int t = 0; t < options.Trees; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < odds.Length; i++)
            {
                double chance = 1 / (1 + Math.Exp(-odds[i]));
                gradients[i] = weights[i] * ((frauds[i] ? 1 : 0) - chance);
                curvatures[i] = weights[i] * chance * (1 - chance);
            }

            if (grower.Grow(odds) is not { } tree)
            {
                break;
            }

            trees.Add(tree);
        }

        return [.. trees];
    }
}
