using System.IO.Compression;
using FinObs.Scoring.Statistics;
using FinObs.Testing;

namespace FinObs.Scoring.Tests.Statistics;

/// <summary>Against scipy 1.10.1 (tests/fixtures/statistics).</summary>
public sealed class OracleTests
{
    private static readonly Lazy<ILookup<(int Case, string Sample), double>> Samples = new(ReadSamples);

    public static TheoryData<int, double, double> KolmogorovSmirnovCases() =>
        [.. Lines("ks_oracle.csv").Select(line => new TheoryDataRow<int, double, double>(int.Parse(line[0]), double.Parse(line[4]), double.Parse(line[5])))];

    public static TheoryData<long[], double[]> ChiSquaredCases() =>
        [.. Lines("chi2_oracle.csv").Select(line => new TheoryDataRow<long[], double[]>([.. line[..4].Select(long.Parse)], [.. line[4..].Select(double.Parse)]))];

    [Theory, MemberData(nameof(KolmogorovSmirnovCases))]
    public void Kolmogorov_Smirnov_is_scipy_s_to_eleven_digits_down_to_1e_54(int number, double statistic, double pValue)
    {
        KolmogorovSmirnovResult result = KolmogorovSmirnov.Test(Sample(number, "ref"), Sample(number, "cur"));

        Assert.True(result.Exact);
        Assert.Equal(statistic, result.Statistic, 1e-15);
        Assert.Equal(1, result.PValue / pValue, 1e-9);
    }

    [Theory, MemberData(nameof(ChiSquaredCases))]
    public void Chi_squared_is_scipy_s_with_and_without_Yates(long[] table, double[] expected)
    {
        ChiSquaredResult yates = ChiSquared.Independence(table[0], table[1], table[2], table[3], yates: true);
        ChiSquaredResult plain = ChiSquared.Independence(table[0], table[1], table[2], table[3], yates: false);

        Assert.Equal([expected[0], expected[1]], [yates.Statistic, yates.PValue], new Close(1e-11));
        Assert.Equal([expected[2], expected[3]], [plain.Statistic, plain.PValue], new Close(1e-11));
        Assert.Equal(plain.Statistic, ChiSquared.Homogeneity([table[0], table[2]], [table[1], table[3]]).Statistic, 1e-9);
    }

    internal static double[] Sample(int number, string which) => [.. Samples.Value[(number, which)]];

    private static IEnumerable<string[]> Lines(string file) => File.ReadLines(Fixtures.FullPath($"statistics/{file}")).Skip(1).Select(line => line.Split(','));

    private static ILookup<(int Case, string Sample), double> ReadSamples()
    {
        using GZipStream unzipped = new(File.OpenRead(Fixtures.FullPath("statistics/two-samples.csv.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToLookup(line => (int.Parse(line[0]), line[1]), line => double.Parse(line[2]));
    }

    private sealed class Close(double relative) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= relative * Math.Max(1, Math.Abs(x));

        public int GetHashCode(double value) => 0;
    }
}
