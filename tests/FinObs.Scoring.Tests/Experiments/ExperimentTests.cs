using FinObs.Scoring.Experiments;
using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Experiments;

public sealed class ExperimentTests
{
    /// <summary>No effect, fifty looks: the always-valid p-value may fall below 5 % in 5 % of experiments at most. A chi-squared test at each look does in far more.</summary>
    [Fact]
    public void Fifty_looks_at_an_A_A_experiment_cost_nothing()
    {
        Random chance = new(11);
        (int sequential, int peeking) = (0, 0);
        const int Runs = 400;
        for (int run = 0; run < Runs; run++)
        {
            (long a, long b, long n) = (0, 0, 0);
            (bool valid, bool peeked) = (false, false);
            for (int look = 0; look < 50; look++)
            {
                for (int i = 0; i < 100; i++)
                {
                    a += chance.NextDouble() < 0.3 ? 1 : 0;
                    b += chance.NextDouble() < 0.3 ? 1 : 0;
                }

                n += 100;
                valid |= SequentialProportions.Test(new(a, n), new(b, n), tau: 0.05, alpha: 0.05).PValue < 0.05;
                peeked |= ChiSquared.Independence(a, n - a, b, n - b, yates: false).PValue < 0.05;
            }

            sequential += valid ? 1 : 0;
            peeking += peeked ? 1 : 0;
        }

        Assert.InRange(sequential, 0, (int)(0.05 * Runs));
        Assert.InRange(peeking, (int)(0.15 * Runs), Runs);
    }

    [Fact]
    public void A_real_effect_is_found_and_lies_in_the_interval()
    {
        SequentialResult result = SequentialProportions.Test(new(3000, 10_000), new(3500, 10_000), tau: 0.02, alpha: 0.05);

        Assert.True(result.PValue < 1e-6);
        Assert.Equal(0.05, result.Effect, 1e-12);
        Assert.InRange(0.05, result.Low, result.High);
        Assert.True(result.Low > 0);
    }

    [Fact]
    public void The_p_value_is_below_alpha_exactly_where_the_interval_leaves_zero_out()
    {
        for (long successes = 3000; successes < 3400; successes += 7)
        {
            SequentialResult result = SequentialProportions.Test(new(3000, 10_000), new(successes, 10_000), tau: 0.02, alpha: 0.05);
            Assert.Equal(result.PValue <= 0.05, result.Low > 0);
        }
    }

    [Fact]
    public void With_too_little_it_says_nothing() => Assert.Equal((1.0, -1.0, 1.0), SequentialProportions.Test(new(9, 100), new(50, 100), 0.05, 0.05) is var r ? (r.PValue, r.Low, r.High) : default);

    /// <summary>Values of R's <c>binom.test(min(b, c), b + c)</c>, by hand for the small ones: 2 (1 + 6) / 64.</summary>
    [Theory]
    [InlineData(1, 5, 14.0 / 64)]
    [InlineData(0, 6, 2.0 / 64)]
    [InlineData(3, 3, 1)]
    [InlineData(0, 0, 1)]
    public void McNemar_is_the_binomial_test_of_the_discordant_pairs(long b, long c, double expected)
    {
        Assert.Equal(expected, McNemar.PValue(b, c), 1e-12);
        Assert.Equal(expected, McNemar.PValue(c, b), 1e-12);
    }

    [Fact]
    public void The_e_value_of_counts_has_mean_one_under_the_shares()
    {
        // Exactly, over all outcomes of twelve draws from (0.3, 0.7): a test martingale begins and stays at 1.
        double mean = 0, ways = 1;
        for (int k = 0; k <= 12; k++)
        {
            mean += ways * Math.Pow(0.3, k) * Math.Pow(0.7, 12 - k) * Math.Exp(SequentialMultinomial.LogEValue([k, 12 - k], [0.3, 0.7]));
            ways = ways * (12 - k) / (k + 1);
        }

        Assert.Equal(1, mean, 1e-10);
    }

    [Fact]
    public void A_broken_split_is_seen_and_an_honest_one_is_not()
    {
        Assert.True(SequentialMultinomial.PValue([50_800, 49_200], [0.5, 0.5]) < 0.001);
        Assert.True(SequentialMultinomial.PValue([50_100, 49_900], [0.5, 0.5]) > 0.2);
        Assert.True(McNemar.SequentialPValue(10, 60) < 1e-6);
    }

    /// <summary>The worked example of Fleiss, Levin and Paik, table A.4: 0.60 against 0.70, 5 %, power 0.80: 356 without continuity correction.</summary>
    [Fact]
    public void The_sample_size_is_the_published_one() => Assert.Equal(356, SampleSize.PerArm(0.6, 0.1, 0.05, 0.8));

    [Fact]
    public void Units_stay_where_they_are_when_more_are_enrolled_and_arms_have_their_shares()
    {
        int[] weights = [5_000, 5_000];
        int[] arms = new int[2];
        int enrolled = 0;
        for (int i = 0; i < 40_000; i++)
        {
            int before = Assignment.ArmOf("salt", $"account-{i}", 2_000, weights), after = Assignment.ArmOf("salt", $"account-{i}", 6_000, weights);
            Assert.True(before == -1 || before == after);
            if (after >= 0)
            {
                arms[after]++;
                enrolled++;
            }
        }

        Assert.InRange(enrolled, 23_600, 24_400);
        Assert.True(ChiSquared.GoodnessOfFit([arms[0], arms[1]], [1, 1]).PValue > 0.001);
    }

    [Fact]
    public void Two_experiments_split_independently()
    {
        long[] table = new long[4];
        for (int i = 0; i < 20_000; i++)
        {
            table[(Assignment.ArmOf("one", $"{i}", 10_000, [5_000, 5_000]) * 2) + Assignment.ArmOf("two", $"{i}", 10_000, [5_000, 5_000])]++;
        }

        Assert.True(ChiSquared.Independence(table[0], table[1], table[2], table[3], yates: false).PValue > 0.001);
    }
}
