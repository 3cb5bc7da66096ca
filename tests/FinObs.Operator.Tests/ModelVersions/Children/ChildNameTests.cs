using CsCheck;
using FinObs.Operator.ModelVersions.Children;

namespace FinObs.Operator.Tests.ModelVersions.Children;

public sealed class ChildNameTests
{
    [Fact]
    public void Reads_like_the_version_and_ends_with_a_hash() => Assert.Matches("^mv-card-fraud-3-2-0-[0-9a-f]{8}$", ChildName.Of("card-fraud-3.2.0"));

    [Fact]
    public void Names_that_read_the_same_stay_apart() => Assert.NotEqual(ChildName.Of("fraud-1.2-0"), ChildName.Of("fraud-1-2.0"));

    [Fact]
    public void Is_always_a_DNS_1035_label() =>
        Gen.String[Gen.Char["abc019-."], 1, 253].Sample(name => Assert.Matches("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", ChildName.Of(name)));
}
