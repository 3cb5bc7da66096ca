using FinObs.Scoring.Drift;

namespace FinObs.Scoring.Tests.Drift;

public sealed class DriftRuleTests
{
    private static readonly DriftLimits Limits = new() { MinShare = 0.5 };

    [Fact]
    public void A_large_difference_that_may_be_chance_is_no_drift_and_a_certain_one_that_is_small_is_none_either()
    {
        DriftVerdict verdict = DriftRule.Judge([Numbers(psi: 0.9, p: 0.2), Numbers(psi: 0.05, p: 1e-30)], Limits);
        Assert.False(verdict.Breach);
        Assert.Equal(0, verdict.Drifted);
    }

    [Fact]
    public void A_breach_needs_the_share_of_features()
    {
        FeatureDrift calm = Numbers(0.01, 0.5), moved = Numbers(0.21, 1e-9);
        Assert.False(DriftRule.Judge([moved, calm, calm], Limits).Breach);
        Assert.True(DriftRule.Judge([moved, moved, calm], Limits).Breach);
        Assert.False(DriftRule.Judge([], Limits).Breach);
    }

    [Fact]
    public void One_feature_that_is_severe_is_a_breach_by_itself()
    {
        FeatureDrift calm = Numbers(0.01, 0.5);
        Assert.False(DriftRule.Judge([Numbers(0.249, 1e-9), calm, calm, calm], Limits).Breach);
        DriftVerdict severe = DriftRule.Judge([Numbers(0.25, 1e-9), calm, calm, calm], Limits);
        Assert.True(severe is { Breach: true, Severe: true, Many: false, Quality: false });
        Assert.False(DriftRule.Judge([Numbers(9, 1e-9), calm, calm, calm], Limits with { SevereRatio = 0 }).Breach);
        Assert.False(DriftRule.Judge([Numbers(0.9, 0.3), calm, calm, calm], Limits).Breach);
        FeatureDrift kinds = calm with { Categorical = true, JensenShannon = 0.125, PValue = 1e-9 };
        Assert.True(DriftRule.Judge([kinds, calm, calm, calm], Limits).Severe);
    }

    [Fact]
    public void P_values_are_corrected_for_the_number_of_features()
    {
        // 0.004 alone is below 0.01; the least of four such is 0.016.
        FeatureDrift calm = Numbers(0.01, 0.9), close = Numbers(0.3, 0.004);
        Assert.True(DriftRule.Judge([close], Limits).Features[0].Drifts);
        FeatureVerdict among = DriftRule.Judge([close, calm, calm, calm], Limits).Features[0];
        Assert.Equal(0.016, among.QValue, 1e-12);
        Assert.False(among.Drifts);
    }

    [Fact]
    public void Missing_and_unseen_values_are_a_breach_by_themselves()
    {
        FeatureDrift calm = Numbers(0.01, 0.5);
        DriftVerdict missing = DriftRule.Judge([calm with { MissingRate = 0.02 }, calm, calm, calm], Limits);
        DriftVerdict unseen = DriftRule.Judge([calm, calm, calm with { Categorical = true, UnseenRate = 0.02 }, calm], Limits);
        Assert.True(missing.Breach && missing.Quality && missing.Features[0].Test == "MissingRate");
        Assert.True(unseen.Breach && unseen.Quality && unseen.Features[2].Test == "UnseenRate");
        Assert.False(DriftRule.Judge([calm with { MissingRate = 0.01 }], Limits).Breach);
    }

    [Fact]
    public void Between_the_warning_and_the_threshold_it_warns()
    {
        FeatureVerdict verdict = DriftRule.Judge([Numbers(0.15, 1e-9)], Limits).Features[0];
        Assert.True(verdict.Warns && !verdict.Drifts);
        Assert.Equal(("Psi", 0.15, 0.2), (verdict.Test, verdict.Value, verdict.Threshold));
    }

    private static FeatureDrift Numbers(double psi, double p) => new("x", false, 1000, psi, 0.01, new DistanceBounds(0, 0), 0, 0, p, 0, 0);
}
