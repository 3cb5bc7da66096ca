using CsCheck;
using FinObs.Scoring.Ensemble;

namespace FinObs.Scoring.Tests.Ensemble;

public sealed class ScoreCalibrationTests
{
    [Theory]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(0.999)]
    [InlineData(0.9999)]
    public void A_threshold_is_an_alert_rate_of_the_training_window(double threshold)
    {
        double[] margins = HeavyTailed(50_000);
        ScoreCalibration calibration = ScoreCalibration.Fit(margins);

        int flagged = margins.Count(margin => calibration.ScoreOf(margin) >= threshold);

        Assert.Equal((1 - threshold) * margins.Length, flagged, 1 + (0.02 * (1 - threshold) * margins.Length));
    }

    [Fact]
    public void Different_margins_never_tie_before_rounding() =>
        Gen.Select(Gen.Int[-5000, 5000].Select(i => i / 100.0).Array[1, 300], Gen.Double[-1000, 1000].Array[2, 50]).Sample(
            (training, asked) =>
            {
                ScoreCalibration calibration = ScoreCalibration.Fit(training);
                double[] sorted = [.. asked.Distinct().Order()];
                for (int i = 1; i < sorted.Length; i++)
                {
                    if (sorted[i] - sorted[i - 1] > 1e-3)
                    {
                        Assert.True(calibration.QuantileOf(sorted[i]) > calibration.QuantileOf(sorted[i - 1]));
                    }
                }

                Assert.All(sorted, margin => Assert.InRange(calibration.QuantileOf(margin), double.Epsilon, 1 - 1e-16));
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void Beyond_the_training_window_the_tails_go_on()
    {
        ScoreCalibration calibration = ScoreCalibration.Fit(HeavyTailed(10_000));
        double last = calibration.Margins[^1], first = calibration.Margins[0];

        Assert.Equal((1 + calibration.Quantiles[^1]) / 2, calibration.QuantileOf(last + calibration.UpperScale), 1e-12);
        Assert.Equal(calibration.Quantiles[0] / 2, calibration.QuantileOf(first - calibration.LowerScale), 1e-12);
        Assert.True(calibration.QuantileOf(last * 1000) > calibration.QuantileOf(last * 100));
    }

    [Fact]
    public void Equal_margins_share_the_middle_of_their_ranks()
    {
        ScoreCalibration calibration = ScoreCalibration.Fit([1, 1, 1, 1, 2]);

        Assert.Equal(0.4, calibration.ScoreOf(1));
        Assert.Equal(0.9, calibration.ScoreOf(2));
    }

    [Fact]
    public void A_single_margin_is_the_middle()
    {
        ScoreCalibration calibration = ScoreCalibration.Fit([3]);

        Assert.Equal(0.5, calibration.ScoreOf(3));
        Assert.Equal(0.75, calibration.ScoreOf(4));
        Assert.Equal(0.25, calibration.ScoreOf(2));
    }

    [Fact]
    public void No_margin_has_no_score() => Assert.True(double.IsNaN(ScoreCalibration.Fit([1, 2]).ScoreOf(double.NaN)));

    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new double[] { 1, 2 }, new double[] { 0.5 })]
    [InlineData(new double[] { 2, 1 }, new double[] { 0.1, 0.2 })]
    [InlineData(new double[] { 1, 2 }, new double[] { 0.2, 0.2 })]
    [InlineData(new double[] { 1, 2 }, new double[] { 0.2, 1 })]
    [InlineData(new double[] { 1, double.NaN }, new double[] { 0.2, 0.3 })]
    public void Knots_that_are_not_strictly_increasing_are_refused(double[] margins, double[] quantiles) =>
        Assert.Throws<ArgumentException>(() => new ScoreCalibration(margins, quantiles, 1, 1));

    private static double[] HeavyTailed(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Pow(1 - random.NextDouble(), -0.5))];
    }
}
