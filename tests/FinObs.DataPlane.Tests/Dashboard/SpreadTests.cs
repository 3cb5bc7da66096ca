using FinObs.DataPlane.Dashboard.Live;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>Quantiles from buckets against the sorted values themselves.</summary>
public sealed class SpreadTests
{
    [Theory]
    [InlineData(1e-4)]
    [InlineData(5e-3)]
    [InlineData(0.8)]
    public void A_quantile_is_within_a_bucket_of_the_true_one(double mean)
    {
        Random random = new(7);
        double[] seconds = [.. Enumerable.Range(0, 20_000).Select(_ => -mean * Math.Log(1 - random.NextDouble())).Order()];
        Spread spread = new();
        foreach (double value in seconds)
        {
            spread.Add(value);
        }

        foreach (double share in new[] { 0.5, 0.9, 0.99 })
        {
            double exact = seconds[(int)(share * seconds.Length)];
            Assert.InRange(spread.Quantile(share)!.Value, exact / 1.1, exact * 1.1);
        }

        Assert.Equal(seconds.Average(), spread.MeanSeconds, 1e-9);
    }

    [Fact]
    public void Nothing_has_no_quantile_and_two_together_are_as_one()
    {
        Spread one = new(), other = new(), both = new();
        Assert.Null(one.Quantile(0.5));
        foreach (int i in Enumerable.Range(1, 100))
        {
            (i % 2 == 0 ? one : other).Add(i / 1000.0);
            both.Add(i / 1000.0);
        }

        one.Add(other);

        Assert.Equal((both.Count, both.Quantile(0.99)), (one.Count, one.Quantile(0.99)));
        one.Clear();
        Assert.Equal((0L, null), (one.Count, one.Quantile(0.5)));
    }

    [Fact]
    public void What_is_beyond_the_buckets_is_in_the_last_one()
    {
        Spread spread = new();
        spread.Add(0);
        spread.Add(3600);

        Assert.InRange(spread.Quantile(1)!.Value, 10, 30);
    }
}
