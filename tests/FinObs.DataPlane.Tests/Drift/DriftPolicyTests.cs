using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>From traffic that is another one to what follows, on schedule, in a time that passes when the test says so.</summary>
public sealed class DriftPolicyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task So_many_breaches_as_the_trigger_asks_for_train_one_candidate_and_open_one_case(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        StoredResource policy = Policy(world, "fraud");

        List<DriftCheckRow> checks = [];
        for (int i = 0; i < 4; i++)
        {
            checks.Add(await CheckAfterAsync(world, policy));
        }

        Assert.All(checks, check => Assert.True(check is { Judged: true, Breach: true, Samples: > 0 }, check.Report));
        Assert.Equal([DriftSeverity.Warning, DriftSeverity.Critical, DriftSeverity.Critical, DriftSeverity.Critical], checks.Select(check => check.Severity));
        Assert.Equal([false, true, false, false], checks.Select(check => check.Followed.Length > 0));
        RetrainingRunRow run = Assert.Single(await world.Slice.Get<RetrainingRuns>().PageAsync("default", "fraud", null, null, 10, Stop));
        Assert.Contains(run.Id.ToString(), checks[1].Followed, StringComparison.Ordinal);
        await world.Slice.SequenceAsync();
        while (await world.Slice.Get<CaseConsumer>().RunAsync(Stop) > 0)
        {
            // Until all events are seen.
        }

        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        Assert.Single(await db.Cases.Where(row => row.Source == CaseSources.Drift).ToListAsync(Stop));
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Two_replicas_make_one_check_of_a_due_time(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        StoredResource policy = Policy(world, "fraud");
        await SendAsync(world);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Handler(world).ApplyAsync(policy, ResourceSecrets.None, Stop))));

        DriftCheckRow check = Assert.Single(await world.Slice.Get<DriftChecks>().PageAsync("default", "watch", null, 10, Stop));
        Assert.Single(await world.Slice.LeavesAsync(DriftCheckRow.Kind));
        Assert.Equal(check.ReportDigest, DriftReport.DigestOf(check.Report));
    }

    [Fact]
    public async Task The_status_says_what_was_found_and_what_is_missing()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        StoredResource policy = Policy(world, "fraud"), other = Policy(world, "card-fraud");

        Assert.Equal("False ModelMissing", await ConditionAsync(world, other, DriftPolicyConditions.ReferenceAvailable));
        Assert.Equal("True ReferenceFound", await ConditionAsync(world, policy, DriftPolicyConditions.ReferenceAvailable));
        Assert.Equal("Unknown NotYetDue", await ConditionAsync(world, policy, DriftPolicyConditions.Evaluated));
        await CheckAfterAsync(world, policy);
        await CheckAfterAsync(world, policy);

        DriftPolicyStatus status = (DriftPolicyStatus)await Handler(world).StatusAsync(policy, Stop);
        Assert.Equal((DriftSeverity.Critical, "2/3"), (status.Severity, status.Breaches));
        Assert.NotEmpty(status.DriftedFeatures!);
        Assert.NotNull(status.CooldownUntil);
        Assert.Equal("True EvaluatedOnSchedule", await ConditionAsync(world, policy, DriftPolicyConditions.Evaluated));
        Assert.Equal("True Breached", await ConditionAsync(world, policy, DriftPolicyConditions.Drifting));
    }

    [Fact]
    public async Task A_window_of_too_few_is_kept_and_judges_nothing()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        StoredResource policy = Policy(world, "fraud", minSamples: 5000);

        DriftCheckRow check = await CheckAfterAsync(world, policy);

        Assert.Equal((false, false, DriftSeverity.None, 0), (check.Judged, check.Breach, check.Severity, check.BreachChecks));
        Assert.Equal("False TooFewSamples", await ConditionAsync(world, policy, DriftPolicyConditions.Evaluated));
    }

    [Fact]
    public async Task A_tumbling_window_is_looked_at_once()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        StoredResource policy = Policy(world, "fraud", mode: "Tumbling");
        for (int i = 0; i < 13; i++)
        {
            await SendAsync(world);
            await Handler(world).ApplyAsync(policy, ResourceSecrets.None, Stop);
        }

        List<DriftCheckRow> checks = await world.Slice.Get<DriftChecks>().PageAsync("default", "watch", null, 100, Stop);
        Assert.Equal(checks.Count, checks.Select(check => check.WindowTo).Distinct().Count());
        Assert.All(checks, check => Assert.Equal((0, TimeSpan.FromHours(1)), (check.WindowTo.Minute, check.WindowTo - check.WindowFrom)));
    }

    private static DriftPolicyHandler Handler(MonitoringWorld world) => (DriftPolicyHandler)world.Slice.Get<IEnumerable<IResourceHandler>>().Single(handler => handler.Kind == ResourceKinds.DriftPolicy.Name);

    private static async Task<DriftCheckRow> CheckAfterAsync(MonitoringWorld world, StoredResource policy)
    {
        await SendAsync(world);
        await Handler(world).ApplyAsync(policy, ResourceSecrets.None, Stop);
        return (await world.Slice.Get<DriftChecks>().PageAsync("default", "watch", null, 1, Stop))[0];
    }

    /// <summary>Ten minutes of traffic that the model was not trained on.</summary>
    private static async Task SendAsync(MonitoringWorld world)
    {
        await world.SendAsync(120);
        await MonitoringWorld.DrainAsync(world.NewReplica());
        world.Slice.Time.Advance(TimeSpan.FromMinutes(10));
    }

    private static async Task<string> ConditionAsync(MonitoringWorld world, StoredResource policy, string type)
    {
        Condition found = (await Handler(world).StatusAsync(policy, Stop)).Conditions!.Single(condition => condition.Type == type);
        return $"{found.Status} {found.Reason}";
    }

    private static StoredResource Policy(MonitoringWorld world, string model, int minSamples = 100, string mode = "Sliding") => StoredResource.Of(new ResourceRow
    {
        Namespace = "default",
        Kind = ResourceKinds.DriftPolicy.Name,
        Name = "watch",
        Uid = $"uid-{model}",
        Generation = 1,
        CreatedAt = world.Slice.Time.GetUtcNow(),
        Spec = new JsonObject
        {
            ["modelRef"] = new JsonObject { ["model"] = model },
            ["window"] = new JsonObject { ["mode"] = mode, ["duration"] = "1h", ["minSamples"] = minSamples },
            ["trigger"] = new JsonObject { ["breaches"] = 2, ["outOf"] = 3, ["minShare"] = "0.1" },
            ["actions"] = new JsonArray(
                new JsonObject { ["severity"] = "Critical", ["type"] = "Retrain" },
                new JsonObject { ["severity"] = "Critical", ["type"] = "OpenCase" }),
            ["schedule"] = "*/5 * * * *",
        }.ToJsonString(),
        SpecHash = "",
        SecretVersions = "{}",
        Labels = "{}",
        ManagedBy = ResourceOwner.Api,
        ChangedAt = world.Slice.Time.GetUtcNow(),
        LeafId = Guid.Empty,
        Version = 1,
    });
}
