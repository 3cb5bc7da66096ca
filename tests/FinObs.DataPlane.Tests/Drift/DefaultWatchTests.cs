using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>Without a policy the version that decides is watched all the same.</summary>
public sealed class DefaultWatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Traffic_that_is_another_one_is_told_and_trains_nothing(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await world.SendAsync(1100);
        await MonitoringWorld.DrainAsync(world.NewReplica());
        for (int hour = 0; hour < 4; hour++)
        {
            world.Slice.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(20));
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => world.Slice.Get<DefaultWatch>().RunAsync(Stop))));
        }

        List<DriftCheckRow> checks = await world.Slice.Get<DriftChecks>().PageAsync("default", DriftCheckRow.DefaultPolicy, null, 10, Stop);
        Assert.Equal([DriftSeverity.Critical, DriftSeverity.Critical, DriftSeverity.Warning, DriftSeverity.Warning], checks.Select(check => check.Severity));
        Assert.All(checks, check => Assert.True(check is { Judged: true, Breach: true, Samples: 1100, Followed: "" }, check.Report));
        DriftWatch watch = (await world.Slice.Get<DefaultWatch>().OfAsync("default", Stop))!;
        DriftStanding? standing = await world.Slice.Get<IDriftStandings>().OfAsync("default", watch.Version.Model, watch.Version.Version, watch.Version.Id, Stop);
        Assert.Equal((true, $"The default watch: 4 of the last 4 checks breached; the last one is /v1/drift/checks/{checks[0].Id}."), (standing!.Drifts, standing.Message));
        Assert.Null(await world.Slice.Get<IDriftStandings>().OfAsync("default", watch.Version.Model, "9.9.9", watch.Version.Id, Stop));
        Assert.Empty(await world.Slice.Get<RetrainingRuns>().PageAsync("default", null, null, null, 10, Stop));
        await world.Slice.SequenceAsync();
        Assert.Equal([DriftCheckRow.Detected], (await world.Slice.Get<EventLog>().ReadAsync("default", 1100, EventLog.MaxPage, Stop)).Select(item => item.Topic));
        await world.Slice.VerifyAsync();
    }

    [Fact]
    public async Task Nothing_is_kept_where_nothing_was_decided_or_it_is_turned_off()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        world.Slice.Time.Advance(TimeSpan.FromHours(2));
        await world.Slice.Get<DefaultWatch>().RunAsync(Stop);
        await world.SendAsync(60);
        await MonitoringWorld.DrainAsync(world.NewReplica());
        DefaultWatch off = ActivatorUtilities.CreateInstance<DefaultWatch>(world.Slice.Services, Options.Create(new DriftOptions { Default = false }));
        world.Slice.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(20));
        await off.RunAsync(Stop);

        Assert.Empty(await world.Slice.Get<DriftChecks>().PageAsync("default", null, null, 10, Stop));
        Assert.Null(await off.OfAsync("default", Stop));
        Assert.Equal("fraud", (await world.Slice.Get<DefaultWatch>().OfAsync("default", Stop))?.Version.Model);
    }
}
