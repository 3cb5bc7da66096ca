using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;

namespace FinObs.DataPlane.Tests.Models.Routing;

/// <summary>Who decides, by what is there.</summary>
public sealed class RoutePlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RouteVersion BuiltIn = new(1, "finobs-built-in", "1.0.0", "", ModelOrigins.BuiltIn);

    [Fact]
    public void The_highest_usable_version_in_production_decides()
    {
        RouteEntry[] entries = [Entry("1.2.0", 2), Entry("1.10.0", 3), Entry("2.0.0", usable: null), Entry("3.0.0", 5) with { Stage = ModelStage.Canary }];

        Assert.Equal(new RoutePlan(true, 3, RouteReasons.Promoted), RoutePlan.Of(BuiltIn, entries, [BuiltIn]));
        Assert.False(RoutePlan.Of(Version(3, "1.10.0"), entries, []).Changes);
    }

    [Fact]
    public void One_that_decides_stays_although_it_cannot_be_loaded_any_more() =>
        Assert.False(RoutePlan.Of(Version(2, "1.0.0"), [Entry("1.0.0", usable: null)], [BuiltIn]).Changes);

    [Fact]
    public void A_version_with_steps_does_not_begin_to_decide_but_goes_on_where_it_does()
    {
        RouteEntry stepped = Entry("2.0.0", 3) with { HasSteps = true };

        Assert.False(RoutePlan.Of(Version(2, "1.0.0"), [Entry("1.0.0", 2), stepped], []).Changes);
        Assert.False(RoutePlan.Of(Version(3, "2.0.0"), [Entry("1.0.0", 2), stepped], []).Changes);
    }

    [Theory]
    [InlineData(RouteReasons.KillSwitch)]
    [InlineData(RouteReasons.Deleted)]
    [InlineData(RouteReasons.Demoted)]
    public void One_that_may_not_decide_gives_way_to_the_next_in_production_else_to_what_the_host_started_with(string reason)
    {
        RouteEntry leaving = Entry("2.0.0", 3) with
        {
            KillSwitch = reason == RouteReasons.KillSwitch,
            IsDeleting = reason == RouteReasons.Deleted,
            Stage = reason == RouteReasons.Demoted ? ModelStage.Retired : ModelStage.Production,
        };
        RouteVersion stable = Version(3, "2.0.0"), former = Version(2, "1.0.0");

        Assert.Equal(new RoutePlan(true, 2, reason), RoutePlan.Of(stable, [leaving, Entry("1.0.0", 2)], [stable, former, BuiltIn]));
        Assert.Equal(new RoutePlan(true, 1, reason), RoutePlan.Of(stable, [leaving, Entry("1.0.0", 2) with { Stage = ModelStage.Retired }], [stable, former, BuiltIn]));
        Assert.Equal(new RoutePlan(true, null, reason), RoutePlan.Of(stable, [leaving], [stable]));
    }

    [Fact]
    public void A_version_whose_resource_is_gone_gives_way() =>
        Assert.Equal(new RoutePlan(true, 1, RouteReasons.Deleted), RoutePlan.Of(Version(3, "2.0.0"), [], [Version(3, "2.0.0"), BuiltIn]));

    [Fact]
    public void A_suspended_version_stays_as_it_is()
    {
        RouteEntry suspended = Entry("1.0.0", 2) with { IsSuspended = true, KillSwitch = true };

        Assert.False(RoutePlan.Of(Version(2, "1.0.0"), [suspended, Entry("2.0.0", 3)], []).Changes);
        Assert.False(RoutePlan.Of(BuiltIn, [Entry("1.0.0", 2) with { IsSuspended = true }], []).Changes);
        Assert.True(RoutePlan.Of(Version(2, "1.0.0"), [suspended with { IsDeleting = true }], []).Changes);
    }

    [Fact]
    public void The_model_that_decides_keeps_the_namespace_and_else_the_first_that_asked_gets_it()
    {
        RouteEntry[] entries = [Entry("1.0.0", 2) with { CreatedAt = Start.AddDays(3) }, Entry("9.0.0", 3) with { Model = "another" }];

        Assert.False(RoutePlan.Of(Version(2, "1.0.0"), entries, []).Changes);
        Assert.Equal(3, RoutePlan.Of(BuiltIn, entries, []).To);
        Assert.Equal(3, RoutePlan.Of(BuiltIn, [.. entries.Reverse()], []).To);
    }

    [Theory]
    [InlineData("1.0.0", "1.0.1")]
    [InlineData("1.9.0", "1.10.0")]
    [InlineData("1.0.0-rc.1", "1.0.0")]
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1")]
    [InlineData("1.0.0-alpha.1", "1.0.0-alpha.beta")]
    [InlineData("1.0.0-beta.2", "1.0.0-beta.11")]
    [InlineData("1.0.0-99999999999999999999", "1.0.0-a")]
    public void Versions_are_compared_as_semantic_ones(string lower, string higher)
    {
        Assert.True(SemanticVersion.Precedence.Compare(lower, higher) < 0);
        Assert.True(SemanticVersion.Precedence.Compare(higher, lower) > 0);
        Assert.Equal(0, SemanticVersion.Precedence.Compare(higher, higher + "+build.7"));
    }

    private static RouteVersion Version(long id, string version) => new(id, "fraud", version, "", ModelOrigins.Resource);

    private static RouteEntry Entry(string version, long? usable) => new() { Model = "fraud", Version = version, CreatedAt = Start.AddDays(2), Stage = ModelStage.Production, UsableVersionId = usable };
}
