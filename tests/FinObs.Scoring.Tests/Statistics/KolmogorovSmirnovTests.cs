using CsCheck;
using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Statistics;

public sealed class KolmogorovSmirnovTests
{
    /// <summary>All C(5, 2) = 10 orders of three and two values: D = 1 in two of them, and so on.</summary>
    [Fact]
    public void The_exact_p_value_is_the_share_of_all_orders_that_are_as_far_apart()
    {
        Dictionary<long, int> orders = [];
        for (int bits = 0; bits < 32; bits++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)bits) != 2)
            {
                continue;
            }

            double[] a = [.. Enumerable.Range(0, 5).Where(i => (bits & (1 << i)) == 0).Select(i => (double)i)];
            double[] b = [.. Enumerable.Range(0, 5).Where(i => (bits & (1 << i)) != 0).Select(i => (double)i)];
            long distance = (long)Math.Round(KolmogorovSmirnov.Test(a, b).Statistic * 6);
            orders[distance] = orders.GetValueOrDefault(distance) + 1;
        }

        foreach (long distance in orders.Keys)
        {
            double expected = orders.Where(pair => pair.Key >= distance).Sum(pair => pair.Value) / 10.0;
            (double[] a, double[] b) = Apart(distance);
            Assert.Equal(expected, KolmogorovSmirnov.Test(a, b).PValue, 1e-12);
        }
    }

    [Fact]
    public void The_limit_meets_the_exact_value_where_samples_are_large()
    {
        foreach (double d in (double[])[0.015, 0.02, 0.03])
        {
            double[] a = [.. Enumerable.Range(0, 10_000).Select(i => (double)i)];
            double[] b = [.. a.Select(x => x + (d * 10_000) + 0.5)];
            KolmogorovSmirnovResult exact = KolmogorovSmirnov.Test(a, b);
            Assert.Equal(1, KolmogorovSmirnov.LimitPValue(exact.Statistic, 10_000, 10_000) / exact.PValue, 0.05);
        }
    }

    [Fact]
    public void Beyond_ten_thousand_it_says_that_it_is_not_exact()
    {
        double[] a = [.. Enumerable.Range(0, 10_001).Select(i => (double)i)];
        Assert.False(KolmogorovSmirnov.Test(a, [1, 2, 3]).Exact);
    }

    [Fact]
    public void Equal_samples_and_samples_apart() => Assert.Equal(
        ((0.0, 1.0), (1.0, 2.0 / 20)),
        ((KolmogorovSmirnov.Test([1, 2, 3], [1, 2, 3]).Statistic, KolmogorovSmirnov.Test([1, 2, 3], [1, 2, 3]).PValue),
            (KolmogorovSmirnov.Test([1, 2, 3], [4, 5, 6]).Statistic, Math.Round(KolmogorovSmirnov.Test([1, 2, 3], [4, 5, 6]).PValue, 12))));

    [Fact]
    public void The_order_of_the_samples_does_not_matter() => Gen.Double[0, 1].Array[1, 40].Select(Gen.Double[0, 1.2].Array[1, 40]).Sample(
        (a, b) =>
        {
            (KolmogorovSmirnovResult one, KolmogorovSmirnovResult other) = (KolmogorovSmirnov.Test(a, b), KolmogorovSmirnov.Test(b, a));
            return one.Statistic == other.Statistic && Math.Abs(one.PValue - other.PValue) < 1e-12 && one.PValue is >= 0 and <= 1;
        },
        seed: "0N0XIzNsQ0O2", iter: 300);

    [Fact]
    public void Nothing_and_NaN_are_refused()
    {
        Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test([], [1]));
        Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test([1], [double.NaN]));
    }

    private static (double[] A, double[] B) Apart(long distance)
    {
        for (int bits = 0; bits < 32; bits++)
        {
            double[] a = [.. Enumerable.Range(0, 5).Where(i => (bits & (1 << i)) == 0).Select(i => (double)i)];
            double[] b = [.. Enumerable.Range(0, 5).Where(i => (bits & (1 << i)) != 0).Select(i => (double)i)];
            if (b.Length == 2 && (long)Math.Round(KolmogorovSmirnov.Test(a, b).Statistic * 6) == distance)
            {
                return (a, b);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(distance));
    }
}
