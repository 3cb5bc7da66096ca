using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions;

namespace FinObs.Operator.Tests.ModelVersions;

public sealed class WarmVersionsTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_last_two_that_decided_stay_warm_and_older_ones_do_not() =>
        Assert.Equal("2.0.0 3.0.0 4.0.0", Kept(Followed("1.0.0", 1), Followed("2.0.0", 2), Followed("3.0.0", 3), Deciding("4.0.0")));

    [Fact]
    public void By_when_they_decided_and_not_by_their_number() =>
        Assert.Equal("1.0.0 3.0.0 4.0.0", Kept(Followed("1.0.0", 9), Followed("2.0.0", 2), Followed("3.0.0", 3), Deciding("4.0.0")));

    [Fact]
    public void The_deciding_version_says_how_many() =>
        Assert.Equal("3.0.0 4.0.0", Kept(Followed("2.0.0", 2), Followed("3.0.0", 3), Deciding("4.0.0", new RollbackWindow { Versions = 1 })));

    [Fact]
    public void None_where_it_wants_none_warm() => Assert.Equal("4.0.0", Kept(Followed("3.0.0", 3), Deciding("4.0.0", new RollbackWindow { KeepWarm = false })));

    [Fact]
    public void What_was_never_followed_keeps_its_pods() => Assert.Equal("4.0.0 5.0.0", Kept(Deciding("4.0.0", new RollbackWindow { Versions = 0 }), With("5.0.0", ModelPhase.Shadowing, ModelVersionReasons.WaitsForRollout, null)));

    [Fact]
    public void While_nobody_decides_all_stay() => Assert.Equal("1.0.0 2.0.0 3.0.0", Kept(Followed("1.0.0", 1), Followed("2.0.0", 2), Followed("3.0.0", 3)));

    private static string Kept(params ModelVersion[] all) => string.Join(' ', all.Where(version => WarmVersions.Keeps(version, all)).Select(version => version.Spec.Version));

    private static ModelVersion Followed(string version, int day) => With(version, ModelPhase.Pending, ModelVersionReasons.Superseded, Day.AddDays(day));

    private static ModelVersion Deciding(string version, RollbackWindow? window = null)
    {
        ModelVersion deciding = With(version, ModelPhase.Serving, ModelVersionReasons.Serving, Day.AddDays(20));
        return window is null ? deciding : deciding with { Spec = deciding.Spec with { Rollout = new RolloutSpec { Steps = [new RolloutStep { SetWeight = 10 }], RollbackWindow = window } } };
    }

    private static ModelVersion With(string version, ModelPhase phase, string traffic, DateTimeOffset? promoted) => Given.Version(version: version) with
    {
        Status = new ModelVersionStatus
        {
            Phase = phase,
            LastPromoted = promoted is { } at ? new PromotionRecord { Version = version, At = at, By = "ada" } : null,
            Conditions = [new Condition { Type = ModelVersionConditions.TrafficShifted, Status = ConditionStatus.False, Reason = traffic, Message = "", LastTransitionTime = Day }],
        },
    };
}
