using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Callbacks.FanOut;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>From a breach to the message for whom the policy names.</summary>
public sealed class DriftNotifyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Whom_the_policy_names_is_told_once_at_the_first_breach_and_once_when_it_drifts(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await AddTargetAsync(world, "risk-team", "case.opened");
        await AddTargetAsync(world, "siem", "drift.detected");
        await AddTargetAsync(world, "other", "case.opened");
        DriftPolicySpec spec = new()
        {
            ModelRef = new ModelRef { Model = "fraud" },
            Window = new DriftWindow { Duration = Duration.Hours(1), MinSamples = 100 },
            Schedule = "*/5 * * * *",
            Actions =
            [
                new DriftAction { Severity = DriftSeverity.Warning, Type = DriftActionType.Notify, CallbackTargetRef = new ObjectRef { Name = "risk-team" } },
                new DriftAction { Severity = DriftSeverity.Critical, Type = DriftActionType.Notify, CallbackTargetRef = new ObjectRef { Name = "gone" } },
            ],
        };
        DriftWatch watch = new("default", "watch", "uid", spec, (await world.Slice.Get<DriftEvaluator>().VersionAsync("default", "fraud", null, Stop))!, world.Slice.Time.GetUtcNow());
        for (int i = 0; i < 4; i++)
        {
            await world.SendAsync(120);
            await MonitoringWorld.DrainAsync(world.NewReplica());
            world.Slice.Time.Advance(TimeSpan.FromMinutes(10));
            await world.Slice.Get<DriftRounds>().CheckIfDueAsync(watch, DriftSchedule.Of(spec)!, Stop);
        }

        List<DriftCheckRow> checks = await world.Slice.Get<DriftChecks>().PageAsync("default", "watch", null, 10, Stop);
        Assert.Equal(["", "Notify risk-team\nNotify gone: there is no such CallbackTarget", "", "Notify risk-team"], checks.Select(check => check.Followed));
        await world.Slice.SequenceAsync();
        while (await world.Slice.Get<CallbackFanOut>().RunAsync(Stop) > 0)
        {
            // Until all events are seen.
        }

        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        List<CallbackDeliveryRow> deliveries = await db.CallbackDeliveries.OrderBy(row => row.EventId).ThenBy(row => row.Target).ToListAsync(Stop);
        Assert.Equal(["risk-team drift.warned", "risk-team drift.detected", "siem drift.detected"], deliveries.Select(row => $"{row.Target} {row.Type}"));
        await AssertBodyAsync(world, deliveries[1], checks[1]);
        await world.Slice.VerifyAsync();
    }

    private static async Task AssertBodyAsync(MonitoringWorld world, CallbackDeliveryRow delivery, DriftCheckRow check)
    {
        byte[] body = Assert.Single(await world.Slice.Get<CallbackSources>().BodiesAsync([delivery], CallbackPayload.Redacted, Stop)).Value;
        JsonElement data = JsonDocument.Parse(Encoding.UTF8.GetString(body)).RootElement.GetProperty("data");
        Assert.Equal((check.Id.ToString(), "fraud", "Critical"), (data.GetProperty("id").GetString(), data.GetProperty("model").GetString(), data.GetProperty("severity").GetString()));
        Assert.NotEmpty(data.GetProperty("features").EnumerateArray());
    }

    private static async Task AddTargetAsync(MonitoringWorld world, string name, string type)
    {
        JsonObject spec = Door.TargetSpec();
        spec["eventTypes"] = new JsonArray(type);
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        db.Add(new ResourceRow
        {
            Namespace = "default",
            Kind = ResourceKinds.CallbackTarget.Name,
            Name = name,
            Uid = $"uid-{name}",
            Generation = 1,
            CreatedAt = world.Slice.Time.GetUtcNow(),
            Spec = spec.ToJsonString(),
            SpecHash = "",
            SecretVersions = "{}",
            Labels = "{}",
            ManagedBy = ResourceOwner.Api,
            ChangedAt = world.Slice.Time.GetUtcNow(),
            LeafId = Guid.Empty,
            Version = 1,
        });
        await db.SaveChangesAsync(Stop);
        await world.Slice.Get<ResourceCatalogue>().RefreshAsync(Stop);
    }
}
