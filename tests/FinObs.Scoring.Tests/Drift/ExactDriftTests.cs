using FinObs.Scoring.Drift;
using FinObs.Scoring.Tests.Statistics;

namespace FinObs.Scoring.Tests.Drift;

/// <summary>Against scipy 1.10.1 (tests/fixtures/statistics).</summary>
public sealed class ExactDriftTests
{
    [Theory, MemberData(nameof(OracleTests.KolmogorovSmirnovCases), MemberType = typeof(OracleTests))]
    public void Numbers_are_compared_as_scipy_does(int number, double statistic, double pValue)
    {
        double[] current = OracleTests.Sample(number, "cur");

        ExactDrift drift = ExactDrift.OfNumbers("x", OracleTests.Sample(number, "ref"), [.. current, double.NaN, double.PositiveInfinity]);

        Assert.True(drift.ExactPValue);
        Assert.Equal((current.Length, 2), (drift.Rows, drift.Missing));
        Assert.Equal(statistic, drift.Statistic, 1e-15);
        Assert.Equal(1, drift.PValue / pValue, 1e-9);
    }

    [Theory, MemberData(nameof(OracleTests.ChiSquaredCases), MemberType = typeof(OracleTests))]
    public void Categories_are_compared_as_scipy_does(long[] table, double[] expected)
    {
        ExactDrift drift = ExactDrift.OfCategories("kind", Rows(table[0], table[1]), Rows(table[2], table[3]));

        Assert.Equal(1, drift.Statistic / expected[2], 1e-9);
        Assert.Equal(1, drift.PValue / expected[3], 1e-9);
    }

    [Fact]
    public void The_index_is_over_deciles_of_the_reference_with_open_ends()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        Assert.Equal(0, ExactDrift.OfNumbers("x", reference, reference).PopulationStability, 1e-12);

        // All beyond the greatest: shares 0.1 each against 0.5 / 1005 in nine bins and 1000.5 / 1005 in the last.
        double expected = (9 * ((0.5 / 1005) - (100.5 / 1005)) * Math.Log(0.5 / 100.5)) + (((1000.5 - 100.5) / 1005) * Math.Log(1000.5 / 100.5));
        Assert.Equal(expected, ExactDrift.OfNumbers("x", reference, [.. reference.Select(value => value + 5000)]).PopulationStability, 1e-9);
    }

    [Fact]
    public void Nothing_to_compare_gives_no_figures()
    {
        Assert.True(double.IsNaN(ExactDrift.OfNumbers("x", [1, 2], [double.NaN]).Statistic));
        Assert.Equal(1, ExactDrift.OfCategories("x", [1, 2], []).PValue);
    }

    [Fact]
    public void Shares_are_as_far_apart_as_counts_in_the_same_proportions() =>
        Assert.Equal(Divergence.JensenShannon((long[])[3, 1, 6], [5, 5, 10]), Divergence.JensenShannon((double[])[0.3, 0.1, 0.6], [0.25, 0.25, 0.5]), 1e-12);

    private static double[] Rows(long first, long second) => [.. Enumerable.Repeat(0.0, (int)first), .. Enumerable.Repeat(1.0, (int)second)];
}
