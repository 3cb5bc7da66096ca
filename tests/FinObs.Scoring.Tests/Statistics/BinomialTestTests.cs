using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Statistics;

/// <summary>The first is the example of scipy's documentation (binomtest(3, n=15, p=0.1)); the others were added up in rational numbers.</summary>
public sealed class BinomialTestTests
{
    [Theory]
    [InlineData(3, 15, 0.1, 0.18406106910639114)]
    [InlineData(30, 1000, 0.01, 2.0599888509719576e-07)]
    public void Too_many_hits(long hits, long trials, double share, double expected) => Assert.Equal(1, BinomialTest.Greater(hits, trials, share) / expected, 1e-9);

    [Theory]
    [InlineData(3, 15, 0.1, 0.944444369992464)]
    [InlineData(41, 200, 0.3, 0.0016133030299653973)]
    [InlineData(0, 10, 0.3, 0.0282475249)]
    public void Too_few_hits(long hits, long trials, double share, double expected) => Assert.Equal(1, BinomialTest.Less(hits, trials, share) / expected, 1e-9);

    [Fact]
    public void At_the_ends_nothing_is_surprising_or_everything_is()
    {
        Assert.Equal([1, 1, 1, 0], [BinomialTest.Less(0, 0, 0.5), BinomialTest.Greater(0, 0, 0.5), BinomialTest.Less(10, 10, 0.5), BinomialTest.Less(9, 10, 1)]);
        Assert.Equal([1, 0, 1], [BinomialTest.Less(0, 10, 0), BinomialTest.Greater(1, 10, 0), BinomialTest.Greater(10, 10, 1)]);
    }
}
