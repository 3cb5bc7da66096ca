using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Replay.Backtests;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>What agents may propose for cases, models and deliveries, and that it is done.</summary>
public sealed class AgentActTests
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_case_is_asked_about_held_and_released(DatabaseKind kind)
    {
        ObedientAgent agent = new();
        await using AgentWorld world = await AgentWorld.StartAsync(kind, services => services.Replace(ServiceDescriptor.Singleton<IAgent>(agent)));
        CaseRow grave = await world.GraveCaseAsync();
        AgentInput input = new AgentInput.IncidentTriage("default", grave.Id);

        agent.Wish = new AgentRecommendation.ReleaseCase(grave.Id);
        Assert.Equal(AgentRunState.NoAction, (await world.LookAsync(input)).State);

        agent.Wish = new AgentRecommendation.RequestInformation(grave.Id, WantedInformation.SourceOfFunds);
        await DoneAsync(world, input, "agent.case.request_information");
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            CaseActivityRow asked = await db.CaseActivities.SingleAsync(row => row.CaseId == grave.Id && row.Kind == CaseKinds.Commented, Stop);
            Assert.Equal("agent:incident_triage", asked.Actor);
            Assert.StartsWith("Where do the funds come from, and what shows it?", asked.Comment, StringComparison.Ordinal);
        }

        agent.Wish = new AgentRecommendation.HoldCase(grave.Id, 7);
        await DoneAsync(world, input, "agent.case.hold");
        Assert.Equal(world.Slice.Time.GetUtcNow().AddDays(7), (await world.Cases.CaseOfAsync("a-1")).SnoozedUntil!.Value, TimeSpan.FromMinutes(1));

        agent.Wish = new AgentRecommendation.ReleaseCase(grave.Id);
        await DoneAsync(world, input, "agent.case.release");
        Assert.Null((await world.Cases.CaseOfAsync("a-1")).SnoozedUntil);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_target_whose_server_was_away_is_enabled_again(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        ResourceKey target = new("default", ResourceKinds.CallbackTarget.Name, "siem");
        await ApplyAsync(world, target, Door.TargetSpec(), new Dictionary<string, SubmittedSecret>
        {
            ["siem-key"] = new() { ResourceVersion = "1", Data = new Dictionary<string, string> { ["key"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Door.SigningKey)) } },
        });
        await world.Slice.Get<TargetActs>().DisableAsync(target, "It failed for 72 hours.", Stop);
        await world.Cases.ConsumeAsync();
        AgentInput input = new AgentInput.Remediation("default", Assert.Single(await world.Cases.CasesAsync()).Id);
        AgentRunRow late = await world.LookAsync(input);

        await DoneAsync(world, input, "agent.callback.enable");

        CallbackStateRow state = (await world.Slice.Get<DeliveryStore>().StateAsync(target, Stop))!;
        Assert.Null(state.DisabledAt);
        Assert.Contains("agent:remediation", Assert.Single(await world.Slice.LeavesAsync(CallbackActs.Enabled)), StringComparison.Ordinal);

        // Asked for before, agreed to after: there is nothing left to do.
        await world.SayAsync(late);
        Assert.Equal(ApprovalStatus.Impossible, (await world.RequestAsync(late)).Status);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_candidate_that_drifts_gets_no_further(DatabaseKind kind)
    {
        await using AgentWorld world = await AgentWorld.StartAsync(kind);
        ResourceKey version = new("default", ResourceKinds.ModelVersion.Name, "fraud-2.0.0");
        await ApplyAsync(world, version, ModelVersionDoor.Spec("fraud", "2.0.0", Digest));
        RolloutRow rollout = RolloutOf(world, world.Slice.Get<ResourceCatalogue>().Current.Find(version)!.Row.Uid);
        Assert.True(await world.Slice.Get<RolloutStore>().WriteAsync(null, rollout, "user:engineer", null, Stop));
        AgentInput input = await DriftingAsync(world, "2.0.0");

        await DoneAsync(world, input, "agent.rollout.pause");

        RolloutRow paused = (await world.Slice.Get<RolloutStore>().FindAsync(rollout.Uid, Stop))!;
        Assert.Equal((RolloutPhase.Paused, 20), (paused.Phase, paused.Weight));
        Assert.Equal("agent:remediation", (await world.Slice.Get<RolloutStore>().ChangesAsync(rollout.Uid, 1, Stop))[0].Actor);
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_version_that_drifts_and_decides_is_backtested(DatabaseKind kind)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.Combine("model.zip"), TrainedModels.Named("fraud", "1.0.0").ToZip(), Stop);
        await using AgentWorld world = await AgentWorld.StartAsync(kind, null, ("Models:Artifact", folder.Combine("model.zip")));
        await world.Cases.SendAsync("a-1", 3);
        AgentInput input = await DriftingAsync(world, "1.0.0");

        await DoneAsync(world, input, "agent.model.backtest");

        BacktestRow row = Assert.Single(await world.Slice.Get<BacktestStore>().PageAsync("default", null, 10, Stop));
        Assert.Equal(("fraud", "1.0.0", "agent:remediation"), (row.Model, row.Version, row.By));
        await world.Slice.VerifyAsync();
    }

    [Fact]
    public async Task A_backtest_of_what_is_gone_is_not_made()
    {
        await using AgentWorld world = await AgentWorld.StartAsync(DatabaseKind.Sqlite);
        AgentRunRow asked = await world.LookAsync(await DriftingAsync(world, "9.9.9"));
        await world.SayAsync(asked);

        Assert.Equal(ApprovalStatus.Impossible, (await world.RequestAsync(asked)).Status);
    }

    private static async Task DoneAsync(AgentWorld world, AgentInput input, string action)
    {
        AgentRunRow run = await world.LookAsync(input);
        Assert.True(run.State == AgentRunState.Asked, (await world.ActionsAsync(run))[^1].Detail);
        Assert.Equal(action, (await world.RequestAsync(run)).Action);
        await world.SayAsync(run);
        Assert.Equal(AgentRunState.Done, (await world.FindAsync(run.Id)).State);
    }

    private static async Task ApplyAsync(AgentWorld world, ResourceKey key, JsonObject spec, Dictionary<string, SubmittedSecret>? secrets = null)
    {
        DoorOutcome outcome = await world.Slice.Get<ResourceDoor>().ApplyAsync(key, new ResourceSubmission { ManagedBy = ResourceOwner.Api, Spec = spec, Secrets = secrets ?? [] }, "user:engineer", Stop);
        Assert.True(outcome is DoorOutcome.Applied, outcome.ToString());
    }

    /// <summary>A case of a policy that found fraud in that version drifting.</summary>
    private static async Task<AgentInput> DriftingAsync(AgentWorld world, string version)
    {
        DateTimeOffset now = world.Slice.Get<AgentRuns>().Now();
        DriftCheckRow check = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = "default",
            Policy = "watch",
            PolicyUid = "uid-1",
            Model = "fraud",
            Version = version,
            DueAt = now,
            WindowFrom = now.AddDays(-1),
            WindowTo = now,
            CheckedAt = now,
            Actor = "system:drift",
            Samples = 1_000,
            Judged = true,
            Severity = DriftSeverity.Critical,
            Breach = true,
            Drifted = 3,
            BreachBits = 1,
            BreachChecks = 1,
            Drifting = true,
            Followed = "",
            Report = "{}",
            ReportDigest = EvidenceSet.DigestOf("{}"u8),
        };
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            db.Add(check);
            await db.SaveChangesAsync(Stop);
        }

        await world.Slice.Get<CaseOpener>().OpenAsync(
            new NewCase { Namespace = "default", Type = "model_drift", Key = "drift:uid-1", Title = "It drifts", Severity = CaseSeverity.High, Source = CaseSources.Drift }, Stop);
        return new AgentInput.Remediation("default", (await world.Cases.CasesAsync()).Single(row => row.Source == CaseSources.Drift).Id);
    }

    private static RolloutRow RolloutOf(AgentWorld world, string uid)
    {
        DateTimeOffset now = world.Slice.Get<RolloutStore>().Now();
        return new RolloutRow
        {
            Uid = uid,
            Namespace = "default",
            Name = "fraud-2.0.0",
            Model = "fraud",
            Version = "2.0.0",
            VersionId = 2,
            StepHash = "",
            StartedAt = now,
            StepStartedAt = now,
            Weight = 20,
            WeightSince = now,
            ShadowSince = now,
            Reason = RolloutReasons.Restarted,
            Detail = "",
            ChangedAt = now,
            Generation = 0,
        };
    }

    /// <summary>Proposes what the test wishes, on a claim that holds.</summary>
    private sealed class ObedientAgent : IAgent
    {
        public AgentRecommendation Wish { get; set; } = new AgentRecommendation.None();

        public Task<AgentReply> AskAsync(AgentInput input, EvidenceSet evidence, CancellationToken cancellationToken) => Task.FromResult(new AgentReply(
            new AgentDraft { Risk = FindingRisk.Medium, Confidence = 0.7, Recommendation = Wish, Claims = [AgentClaim.Of(evidence.Documents[0].Id, "/transactions", ClaimOperator.AtLeast, 0)] }, "llm", "scripted"));
    }
}
