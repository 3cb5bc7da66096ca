using FinObs.Scoring.Trees;

namespace FinObs.Scoring.IsolationForest;

/// <summary>Grows isolation forests. The same rows, options and seed give the same forest, bit by bit, whatever the number of threads.</summary>
public static class ForestTrainer
{
    /// <summary>Most rows a tree may be grown on: node indices of a packed tree are 16 bits.</summary>
    public const int LargestSample = 32_768;

    /// <summary>Grows a forest.</summary>
    /// <param name="rows">N × F finite values, row-major.</param>
    /// <param name="count">N, at least 1.</param>
    /// <param name="features">F.</param>
    /// <param name="trees">Number of trees.</param>
    /// <param name="sample">Rows drawn without replacement for each tree; all rows where there are fewer.</param>
    /// <param name="seed">Chance; each tree has a stream of its own derived from it.</param>
    /// <param name="maxThreads">Bound on parallelism; -1 = as many as there are cores.</param>
    /// <param name="cancellationToken">Gives up between trees.</param>
    public static Forest Train(
        ReadOnlyMemory<float> rows, int count, int features, int trees, int sample, ulong seed, int maxThreads = -1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(trees, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sample, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sample, LargestSample);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, (long)count * features);

        sample = Math.Min(sample, count);
        var grown = new Tree[trees];
        var options = new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken };
        Parallel.For(
            0,
            trees,
            options,
            () => new TreeGrower(rows, count, features, sample),
            (tree, _, grower) =>
            {
                grown[tree] = grower.Grow(new Xoshiro256(seed, (ulong)tree));
                return grower;
            },
            _ => { });
        return new Forest(grown, features, sample);
    }
}
