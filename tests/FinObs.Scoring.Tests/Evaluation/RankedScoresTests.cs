using CsCheck;
using FinObs.Scoring.Evaluation;

namespace FinObs.Scoring.Tests.Evaluation;

public sealed class RankedScoresTests
{
    public static TheoryData<string, double, double> Oracle()
    {
        var data = new TheoryData<string, double, double>();
        foreach (string[] line in Lines("ranking_expected.csv"))
        {
            data.Add(line[0], double.Parse(line[1]), double.Parse(line[2]));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Oracle))]
    public void Roc_auc_and_average_precision_are_scikit_learn_s(string name, double rocAuc, double averagePrecision)
    {
        string[][] rows = [.. Lines("ranking.csv").Where(line => line[0] == name)];
        var ranked = new RankedScores([.. rows.Select(row => double.Parse(row[1]))], [.. rows.Select(row => row[2] == "1")]);
        Assert.Equal(rocAuc, ranked.RocAuc(), 1e-12);
        Assert.Equal(averagePrecision, ranked.AveragePrecision(), 1e-12);
    }

    [Fact]
    public void Recall_and_precision_count_the_highest_rows()
    {
        double[] scores = [.. Enumerable.Range(0, 200).Select(i => (double)i)];
        bool[] frauds = [.. Enumerable.Range(0, 200).Select(i => i is 199 or 198 or 150 or 3)];
        var ranked = new RankedScores(scores, frauds);
        Assert.Equal(0.5, ranked.RecallAt(0.01));
        Assert.Equal(0.25, ranked.RecallAt(0.005));
        Assert.Equal(0.03, ranked.PrecisionAt(100));
        Assert.Equal(0.02, ranked.PrecisionAt(1000));
    }

    [Fact]
    public void A_tie_at_the_border_gives_its_even_share()
    {
        var ranked = new RankedScores([5, 1, 1, 1, 1], [true, true, false, true, false]);
        Assert.Equal((1 + 0.5) / 3, ranked.RecallAt(0.4), 1e-12);
        Assert.Equal(1.5 / 2, ranked.PrecisionAt(2), 1e-12);
    }

    [Fact]
    public void No_metric_depends_on_the_order_of_rows() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[2, 40].Sample(rows =>
        {
            var ranked = new RankedScores([.. rows.Select(row => (double)row.Item1)], [.. rows.Select(row => row.Item2)]);
            (int, bool)[] reversed = [.. rows.Reverse()];
            var other = new RankedScores([.. reversed.Select(row => (double)row.Item1)], [.. reversed.Select(row => row.Item2)]);
            Assert.Equal(ranked.RocAuc(), other.RocAuc());
            Assert.Equal(ranked.AveragePrecision(), other.AveragePrecision());
            Assert.Equal(ranked.RecallAt(0.1), other.RecallAt(0.1));
        }, iter: 200);

    [Fact]
    public void Without_frauds_or_rows_there_is_no_figure()
    {
        var none = new RankedScores([1, 2], [false, false]);
        Assert.True(double.IsNaN(none.RocAuc()));
        Assert.True(double.IsNaN(none.AveragePrecision()));
        Assert.True(double.IsNaN(none.RecallAt(0.01)));
        Assert.True(double.IsNaN(new RankedScores([], []).PrecisionAt(100)));
        Assert.Throws<ArgumentException>(() => new RankedScores([double.NaN], [true]));
    }

    private static IEnumerable<string[]> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "fixtures", "metrics", file)).Skip(1).Select(line => line.Split(','));
}
