using FinObs.DataPlane.Drift;

namespace FinObs.DataPlane.Tests.Drift;

public sealed class FeaturePsiTests
{
    [Fact]
    public void Each_feature_that_has_an_index_is_shown_with_it()
    {
        IReadOnlyList<FeaturePsi> found = FeaturePsi.Of("""{"features":[{"name":"amount_z_account@1","psi":0.31},{"name":"hour_of_day@1","psi":null}],"samples":2000}""");
        Assert.Equal([new FeaturePsi("amount_z_account@1", 0.31)], found);
    }

    [Fact]
    public void A_check_of_too_few_has_none() => Assert.Empty(FeaturePsi.Of("""{"features":[],"samples":3}"""));
}
