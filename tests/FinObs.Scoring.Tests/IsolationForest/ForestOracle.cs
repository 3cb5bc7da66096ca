using System.Globalization;
using System.IO.Compression;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.IsolationForest;

/// <summary>scikit-learn 1.2.1's forest of 100 trees × 256 rows, its scores of 10,000 rows, and shap's values (TreeExplainer, C++) of the first 200.</summary>
internal static class ForestOracle
{
    public const int Features = 6;
    public const int Sample = 256;
    public const double ExpectedDepth = 11.293385228680952;

    public static float[] Rows { get; } = [.. Table("rows-10000").SelectMany(line => line.Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)))];

    public static double[] ScoreSamples { get; } = [.. Table("score-samples-10000").Select(line => Number(line[0]))];

    /// <summary>200 × 6 SHAP values of the mean depth.</summary>
    public static double[][] Shap { get; } = [.. Table("shap-200").Select(line => line.Select(Number).ToArray())];

    public static Tree[] Trees { get; } = [.. Table("trees").GroupBy(line => int.Parse(line[0], CultureInfo.InvariantCulture)).Select(nodes => TreeOf([.. nodes]))];

    public static Forest Forest { get; } = new(Trees, Features, Sample);

    private static Tree TreeOf(string[][] nodes) =>
        new(
            Column(nodes, 3, cell => int.Parse(cell, CultureInfo.InvariantCulture)),
            Column(nodes, 4, cell => TreeGrower.FloorToFloat(Number(cell))),
            Column(nodes, 1, cell => int.Parse(cell, CultureInfo.InvariantCulture)),
            Column(nodes, 2, cell => int.Parse(cell, CultureInfo.InvariantCulture)),
            new double[nodes.Length],
            Column(nodes, 5, Number));

    private static T[] Column<T>(string[][] lines, int column, Func<string, T> parse) => [.. lines.Select(line => parse(line[column]))];

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static string[][] Table(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "fixtures", "isolation-forest", name + ".csv.gz");
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];
    }
}
