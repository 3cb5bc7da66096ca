using System.Text.RegularExpressions;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed partial class FeatureCatalogueTests
{
    [Fact]
    public void Every_default_is_in_the_catalogue_once()
    {
        Assert.All(FeatureCatalogue.Default, name => Assert.NotNull(FeatureCatalogue.Find(name)));
        Assert.Distinct(FeatureCatalogue.Default);
        Assert.InRange(FeatureCatalogue.Default.Count, 10, 14);
    }

    [Fact]
    public void Every_feature_has_a_versioned_name_a_code_and_a_meaning() =>
        Assert.All(FeatureCatalogue.All, feature =>
        {
            Assert.Matches(VersionedName(), feature.Name);
            Assert.Matches(Code(), feature.ReasonCode);
            Assert.EndsWith(".", feature.Meaning);
        });

    [GeneratedRegex("^[a-z][a-z0-9_]*@[1-9][0-9]*$", RegexOptions.None, 1000)]
    private static partial Regex VersionedName();

    [GeneratedRegex("^[A-Z][A-Z0-9_]*$", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
