using FinObs.Benchmarks.Core;
using FinObs.Benchmarks.Drift.SciPy;
using FinObs.Scoring.Drift;

namespace FinObs.Benchmarks.Drift;

/// <summary>The lines of the table about drift: a check from counts that are kept as transactions come, and the exact test beside scipy's where that is installed.</summary>
internal static class DriftMeasurements
{
    private const int Features = 20;
    private const int Window = 500_000;
    private const int Reference = 2_000;
    private const int Sample = 10_000;
    private const int Coarse = 10;

    public static IReadOnlyList<CoreMeasurement> Run()
    {
        double[] first = Values(Sample, 1, 0), second = Values(Sample, 2, 0.05);
        SciPyTimes? others = SciPyRun.Measure(first, second);
        if (others is not null && Math.Abs(others.Statistic - ExactDrift.OfNumbers("x", first, second).Statistic) > 1e-12)
        {
            throw new InvalidOperationException("scipy finds another distance than we do: its time would compare nothing.");
        }

        string? other = others is null ? null : $"scipy {others.Version}, one thread";
        return
        [
            .. Checks(),
            CoreMeasurements.Of($"KS, exact, {Sample:N0} against {Sample:N0}, with PSI", "faster than scipy", () => ExactDrift.OfNumbers("x", first, second), other, others?.Auto),
            CoreMeasurements.Of("the same beside scipy's asymptotic method", "faster than scipy", () => ExactDrift.OfNumbers("x", first, second), other, others?.Asymptotic),
        ];
    }

    private static IEnumerable<CoreMeasurement> Checks()
    {
        FeatureBins[] bins = [.. Enumerable.Range(0, Features).Select(BinsOf)];
        DriftCounts window = new(bins);
        double[] row = new double[Features];
        Random random = new(7);
        for (int i = 0; i < Window; i++)
        {
            for (int feature = 0; feature < Features; feature++)
            {
                row[feature] = random.NextDouble() + 0.01;
            }

            window.Add(row);
        }

        DriftLimits limits = new();
        yield return CoreMeasurements.Of($"Drift check, {Features} features, window of {Window:N0} against {Reference:N0}, from kept counts", "< 1 ms", () => DriftRule.Judge(FeatureDrift.Of(bins, window), limits));
        yield return CoreMeasurements.Of($"Taking a transaction into the window, {Features} features", "", () => window.Add(row));
    }

    private static FeatureBins BinsOf(int feature)
    {
        double[] sorted = Values(Reference, feature + 10, 0);
        Array.Sort(sorted);
        return FeatureBins.OfNumbers($"f{feature}", BinnedDistribution.Of(sorted, 20), sorted, Coarse, 0.29);
    }

    private static double[] Values(int count, int seed, double shift)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() + shift)];
    }
}
