using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Routing;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Tests.Models.Routing;

/// <summary>How the traffic is shared, by who asks.</summary>
public sealed class RouteSharesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nobody_asks_and_the_stable_version_decides_everything() => Assert.Null(RouteShares.Of(null, 1, [], []));

    [Fact]
    public void Who_holds_the_route_keeps_it_and_else_experiments_go_before_rollouts_and_the_older_before_the_younger()
    {
        RouteClaim rollout = Claim("a", 2), experiment = Claim("z", 3) with { Precedence = ClaimPrecedence.Experiment, Since = Start.AddDays(9) }, older = Claim("b", 4) with { Since = Start.AddDays(-1) };

        Assert.Equal("z", RouteShares.Of(null, 1, [], [rollout, experiment, older])!.Holder);
        Assert.Equal("b", RouteShares.Of(null, 1, [], [rollout, older])!.Holder);
        RouteSplit held = RouteShares.Of(null, 1, [], [rollout])!;
        Assert.Equal("a", RouteShares.Of(held, 1, [], [older, experiment, rollout])!.Holder);
        Assert.Equal("z", RouteShares.Of(held, 1, [], [older, experiment])!.Holder);
    }

    [Fact]
    public void A_version_that_is_killed_deleted_rolled_back_or_not_far_enough_decides_nothing_whoever_asks()
    {
        RouteEntry canary = new() { Model = "fraud", Version = "2.0.0", CreatedAt = Start, Stage = ModelStage.Canary, VersionId = 2 };

        Assert.Equal(500, RouteShares.Of(null, 1, [canary], [Claim("a", 2)])!.ShareOf(2));
        foreach (RouteEntry refused in new[] { canary with { KillSwitch = true }, canary with { IsDeleting = true }, canary with { Standing = RolloutStanding.RolledBack }, canary with { Stage = ModelStage.Shadow } })
        {
            RouteSplit split = RouteShares.Of(null, 1, [refused], [Claim("a", 2)])!;
            Assert.Equal(0, split.ShareOf(2));
            Assert.Empty(split.Arms);
        }
    }

    [Fact]
    public void Shadows_wait_for_nobody_but_there_are_four_at_most_and_the_stable_version_is_none()
    {
        RouteClaim[] shadows = [.. Enumerable.Range(1, 6).Select(id => new RouteClaim { Holder = $"s{id}", Precedence = ClaimPrecedence.Rollout, Since = Start.AddDays(id), HoldsRoute = false, Split = new RouteSplit { Shadows = [new RouteShadow(id, 100)] } })];

        Assert.Equal([2, 3, 4, 5], RouteShares.Of(null, 1, [], shadows)!.Shadows.Select(shadow => shadow.VersionId));
        Assert.Null(RouteShares.Of(null, 1, [], shadows)!.Holder);
    }

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        RouteSplit split = RouteShares.Of(null, 1, [], [Claim("a", 2)])!;

        Assert.Equal(split.Write(), RouteSplit.Read(split.Write())!.Write());
        Assert.Equal(500, RouteSplit.Read(split.Write())!.ShareOf(2));
    }

    [Fact]
    public void A_raised_share_moves_units_to_the_candidate_only_and_a_lowered_one_only_back()
    {
        string[] units = [.. Enumerable.Range(0, 20_000).Select(i => $"account-{i}")];
        HashSet<string> small = [.. units.Where(unit => Assignment.ArmOf("salt", unit, 10_000, [9_500, 500]) == 1)];
        HashSet<string> large = [.. units.Where(unit => Assignment.ArmOf("salt", unit, 10_000, [5_000, 5_000]) == 1)];

        Assert.Subset(large, small);
        Assert.InRange(small.Count, 900, 1_100);
    }

    private static RouteClaim Claim(string holder, long version) => new()
    {
        Holder = holder,
        Precedence = ClaimPrecedence.Rollout,
        Since = Start,
        Split = new RouteSplit { Salt = holder, Enrolled = 10_000, Arms = [new RouteArm(null, 9_500), new RouteArm(version, 500)] },
    };
}
