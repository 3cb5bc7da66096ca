using FinObs.DataPlane.Dashboard.Reading;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Tests.Dashboard;

public sealed class DriftShapesTests
{
    [Fact]
    public void Shares_of_numbers_are_those_of_the_reference_s_bins_and_each_is_told_by_its_bounds()
    {
        double[] sample = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        FeatureBins bins = FeatureBins.OfNumbers("amount@1", new QuantileBins([250, 500, 750], [250, 250, 250, 250]), sample, coarseBins: 4, scale: 1);
        long[] window = new long[bins.Fine.Length];
        window[^1] = 30; // all beyond the last edge
        window[0] = 10;

        DriftShape shape = DriftShapes.Of(bins, window, missing: 2);

        Assert.Equal(["up to 250", "250 to 500", "500 to 750", "over 750"], shape.Bins.Select(bin => bin.Text));
        Assert.All(shape.Bins, bin => Assert.Equal(0.25, bin.Reference, 12));
        Assert.Equal([0.25, 0, 0, 0.75], shape.Bins.Select(bin => bin.Window));
        Assert.Equal((42L, 2L), (shape.Rows, shape.Missing));
    }

    [Fact]
    public void A_category_that_the_reference_did_not_have_has_a_bin_of_its_own()
    {
        FeatureBins bins = FeatureBins.OfCategories("type@1", new CategoryCounts([1, 2], [30, 10]));

        DriftShape shape = DriftShapes.Of(bins, [10, 10, 20], missing: 0);

        Assert.Equal(["1", "2", "not seen before"], shape.Bins.Select(bin => bin.Text));
        Assert.Equal([0.75, 0.25, 0], shape.Bins.Select(bin => bin.Reference));
        Assert.Equal([0.25, 0.25, 0.5], shape.Bins.Select(bin => bin.Window));
    }
}
