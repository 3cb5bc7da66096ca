using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Rollout.Analysis;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>What figures mean.</summary>
public sealed class AnalysisJudgeTests
{
    [Theory]
    [InlineData(10, 1000, 10, 1000, AnalysisVerdict.Pass)]
    [InlineData(14, 1000, 10, 1000, AnalysisVerdict.Inconclusive)]
    [InlineData(40, 1000, 10, 1000, AnalysisVerdict.Fail)]
    [InlineData(0, 10_000, 100, 10_000, AnalysisVerdict.Fail)]
    [InlineData(20, 500, 10, 1000, AnalysisVerdict.Inconclusive)]
    public void An_alert_rate_may_go_too_far_either_way_and_what_chance_does_is_no_failure(int alerts, int rows, int stable, int stableRows, AnalysisVerdict expected) =>
        Assert.Equal(expected, Judge(new AnalysisMetric { Name = RolloutMetric.AlertRate, MaxRelativeChange = 0.2m }, alerts, rows, stable, stableRows));

    [Theory]
    [InlineData(0.9, 0.5, AnalysisVerdict.Pass)]
    [InlineData(0.1, 0.5, AnalysisVerdict.Fail)]
    public void Precision_may_rise_as_it_likes(double value, double baseline, AnalysisVerdict expected) =>
        Assert.Equal(expected, Judge(new AnalysisMetric { Name = RolloutMetric.Precision, MaxRelativeChange = 0.1m }, (int)(value * 2000), 2000, (int)(baseline * 2000), 2000));

    [Theory]
    [InlineData(RolloutMetric.ErrorRate, 0, AnalysisVerdict.Pass)]
    [InlineData(RolloutMetric.ErrorRate, 1, AnalysisVerdict.Inconclusive)]
    [InlineData(RolloutMetric.ErrorRate, 30, AnalysisVerdict.Fail)]
    public void A_rate_above_its_bound_fails_beyond_its_sampling_error(RolloutMetric metric, int part, AnalysisVerdict expected) =>
        Assert.Equal(expected, Judge(new AnalysisMetric { Name = metric, Max = 0.0005m }, part, 1000, 0, 0));

    [Fact]
    public void What_is_unknown_or_has_too_few_samples_says_nothing()
    {
        AnalysisMetric metric = new() { Name = RolloutMetric.AlertRate, Max = 0.1m };

        Assert.Equal(AnalysisVerdict.Inconclusive, AnalysisJudge.Judge(metric, default, 1));
        Assert.Equal(AnalysisVerdict.Inconclusive, AnalysisJudge.Judge(metric, new Measured(0.9, 999, null, 0, true), 1000));
        Assert.Equal(AnalysisVerdict.Inconclusive, AnalysisJudge.Judge(new AnalysisMetric { Name = RolloutMetric.ScorePsi, MaxRelativeChange = 0.1m }, new Measured(0.9, 5000, null, 0, false), 1000));
    }

    /// <summary>Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 15 of 148, 0 of 20, 1 of 29.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void The_interval_of_a_proportion_is_that_of_the_literature(int part, int whole, double low, double high)
    {
        (double from, double to) = AnalysisJudge.Wilson((double)part / whole, whole);

        Assert.Equal(low, from, 4);
        Assert.Equal(high, to, 4);
    }

    private static AnalysisVerdict Judge(AnalysisMetric metric, int part, int whole, int basePart, int baseWhole) =>
        AnalysisJudge.Judge(metric, new Measured((double)part / whole, whole, baseWhole == 0 ? null : (double)basePart / baseWhole, baseWhole, true), 1000 > whole ? 1000 : 1);
}
