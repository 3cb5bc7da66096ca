using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Statistics;
using FinObs.Scoring.Tests.Statistics;

namespace FinObs.Scoring.Tests.Drift;

public sealed class DriftTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    public void The_bounds_from_counts_hold_the_exact_distance_of_the_samples(int number)
    {
        double[] reference = OracleTests.Sample(number, "ref"), current = OracleTests.Sample(number, "cur");
        Array.Sort(reference);
        QuantileBins bins = BinnedDistribution.Of(reference, 128);
        long[] counts = new long[bins.Counts.Length];
        foreach (double value in current)
        {
            counts[bins.BinOf(value)]++;
        }

        double exact = KolmogorovSmirnov.Test(reference, current).Statistic;
        DistanceBounds bounds = BinnedDistribution.KolmogorovSmirnov(bins.Counts, counts);

        Assert.InRange(exact, bounds.Low, bounds.High);
        Assert.True(bounds.High - bounds.Low <= (1.0 / 100) + (counts.Max() / (double)current.Length), $"{bounds}");
    }

    [Fact]
    public void What_lies_beyond_the_reference_counts_into_the_open_ends()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)];
        QuantileBins bins = BinnedDistribution.Of(reference, 10);
        long[] half = new long[bins.Counts.Length];
        foreach (double value in reference)
        {
            half[bins.BinOf(value < 0.5 ? value : value + 5)]++;
        }

        // Half of the traffic beyond the greatest value: equal-width bins with fixed ends drop it (0.06), these do not.
        Assert.InRange(Divergence.PopulationStability(bins.Counts, half), 1.0, 4.0);
    }

    [Fact]
    public void Counts_of_parts_add_up_to_the_counts_of_the_whole_and_survive_bytes()
    {
        FeatureBins[] bins = Bins();
        (DriftCounts whole, DriftCounts one, DriftCounts other) = (new(bins), new(bins), new(bins));
        for (int i = 0; i < 5000; i++)
        {
            double[] row = [Math.Sin(i) * 3, i % 7, i % 500 == 0 ? double.NaN : i];
            whole.Add(row);
            (i % 3 == 0 ? one : other).Add(row);
        }

        one.Add(other);
        Assert.Equal(whole.ToBytes(), one.ToBytes());
        Assert.Equal(whole.ToBytes(), DriftCounts.FromBytes(bins, whole.ToBytes()).ToBytes());
        one.Subtract(other);
        Assert.Equal(1667, one.Rows);
        Assert.Throws<ArgumentException>(() => one.Subtract(whole));
        Assert.Throws<FormatException>(() => DriftCounts.FromBytes(bins, whole.ToBytes()[..^1]));
        Assert.Equal(10, whole.Missing(2));
    }

    [Fact]
    public void Nothing_changed_is_close_to_what_chance_gives_and_a_shift_is_far_from_it()
    {
        FeatureBins[] bins = Bins();
        (DriftCounts same, DriftCounts shifted) = (new(bins), new(bins));
        Random chance = new(7);
        for (int i = 0; i < 4000; i++)
        {
            double value = Normal(chance);
            same.Add([value, i % 5, i]);
            shifted.Add([(value * 1.2) + 0.5, i % 6, i]);
        }

        FeatureDrift calm = FeatureDrift.Of(bins, same)[0], moved = FeatureDrift.Of(bins, shifted)[0];
        Assert.True(calm.PopulationStability < 6 * calm.ExpectedPopulationStability, $"{calm}");
        Assert.True(calm.PValue > 0.001, $"{calm}");
        Assert.True(moved.PopulationStability > 0.2 && moved.PValue < 1e-10, $"{moved}");
        Assert.InRange(moved.Wasserstein, 0.35, 0.65);
        Assert.Equal(4000 / 6 / 4000.0, FeatureDrift.Of(bins, shifted)[1].UnseenRate, 1e-3);
    }

    [Fact]
    public void Jensen_Shannon_is_zero_for_equal_shares_one_for_disjoint_ones_and_a_worked_value_between()
    {
        Assert.Equal(0, Divergence.JensenShannon([1, 2], [10, 20]), 1e-12);
        Assert.Equal(1, Divergence.JensenShannon([5, 0], [0, 3]), 1e-12);

        // p = (1, 0), q = (½, ½), m = (¾, ¼): ½ (log2 4/3) + ½ (½ log2 2/3 + ½ log2 2) = 0.3112781…, and its root.
        Assert.Equal(Math.Sqrt(0.31127812445913283), Divergence.JensenShannon([1, 1], [1, 0]), 1e-12);
    }

    [Fact]
    public void Breaches_count_k_of_n_act_once_a_cooldown_and_end_when_none_is_left()
    {
        BreachCounter counter = default;
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        List<(bool Drifting, bool Act)> story = [];
        foreach (bool breach in (bool[])[true, false, true, true, true, false, false, false, false, false])
        {
            (counter, bool act) = counter.After(breach, needed: 3, outOf: 5, TimeSpan.FromHours(2.5), now);
            story.Add((counter.Drifting, act));
            now += TimeSpan.FromHours(1);
        }

        Assert.Equal([false, false, false, true, true, true, true, true, true, false], story.Select(step => step.Drifting));
        Assert.Equal([3, 6], story.Index().Where(step => step.Item.Act).Select(step => step.Index));
    }

    private static FeatureBins[] Bins()
    {
        Random chance = new(3);
        double[] sample = [.. Enumerable.Range(0, 2000).Select(_ => Normal(chance))];
        double[] sorted = [.. sample];
        Array.Sort(sorted);
        return
        [
            FeatureBins.OfNumbers("x", BinnedDistribution.Of(sorted, 20), sample, 10, 1),
            FeatureBins.OfCategories("kind", new CategoryCounts([0, 1, 2, 3, 4], [400, 400, 400, 400, 400])),
            FeatureBins.OfNumbers("constant", new QuantileBins([], [2000]), new double[2000], 10, 0),
        ];
    }

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
