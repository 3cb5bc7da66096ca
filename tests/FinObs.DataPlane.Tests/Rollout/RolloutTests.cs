using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>From shadow to production, and back, in the real host.</summary>
public sealed class RolloutTests
{
    private const string Quick = """
        {"steps":[
          {"shadow":{"duration":"50ms","minSamples":100}},
          {"setWeight":20},
          {"analysis":{"metrics":[{"name":"AlertRate","maxRelativeChange":"5"},{"name":"ErrorRate","max":"0.01"},{"name":"DisagreementRate","max":"0.01"},{"name":"ScorePsi","max":"0.2"}],"interval":"100ms","minSamples":50,"inconclusiveLimit":1000}},
          {"approval":{"required":1,"roles":["compliance"]}},
          {"setWeight":60},
          {"pause":{"duration":"100ms"}}]}
        """;

    private static readonly string[] Fast = ["--Rollout:Period", "00:00:00.050"];

    private static readonly DecisionThresholds Thresholds = new(0.999, 0.9999);

    private int _sent;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_version_goes_from_shadow_over_a_share_and_people_to_production_and_no_account_hops_back(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest, change: spec => spec["rollout"] = JsonNode.Parse(Quick));
        Dictionary<string, string> deciders = [];

        await SendUntilAsync(host, deciders, rollout => rollout.GetProperty("step").GetInt32() >= 1);
        Assert.All(deciders.Values, decider => Assert.Equal("fraud@1.0.0", decider));
        await SendUntilAsync(host, deciders, rollout => rollout.GetProperty("weight").GetInt32() == 20);
        JsonElement waiting = await SendUntilAsync(host, deciders, rollout => rollout.GetProperty("approvalId").ValueKind == JsonValueKind.String);
        Assert.InRange(deciders.Values.Count(decider => decider == "fraud@2.0.0"), 20, 100);
        Assert.Equal("WaitingApproval", (await versions.StatusAsync("fraud", "2.0.0")).GetProperty("phase").GetString());
        Assert.Equal("Approval", (await versions.StatusAsync("fraud", "2.0.0")).GetProperty("blockedOn").GetProperty("gate").GetString());

        await ApproveAsync(host, waiting.GetProperty("approvalId").GetString()!);
        JsonElement done = await SendUntilAsync(host, deciders, rollout => rollout.GetProperty("phase").GetString() == "Promoted");

        Assert.Equal("fraud@2.0.0", await versions.DeciderAsync());
        Assert.Equal(100, done.GetProperty("weight").GetInt32());
        JsonElement status = await versions.StatusAsync("fraud", "2.0.0");
        Assert.Equal(("Serving", "1.0.0"), (status.GetProperty("phase").GetString(), status.GetProperty("previousStable").GetString()));
        await VerifyAsync(host);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Who_raises_the_stage_of_a_candidate_is_left_out_also_of_what_was_asked_before(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        string path = ModelVersionDoor.PathOf("fraud", "2.0.0");
        JsonObject submission = Door.ByOperator(spec: ModelVersionDoor.Spec("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest, "Shadow"));
        submission["spec"]!["rollout"] = JsonNode.Parse("""{"steps":[{"approval":{"required":1}},{"setWeight":50}]}""");
        submission.Remove("secrets");
        submission.Remove("changedBy");
        Assert.Equal(201, (await versions.Door.PutAsync(submission, path)).Status);
        string first = await RequestAsync(host, _ => true);
        Assert.Empty(await ExcludedAsync(host, first));

        // What is asked was asked of everybody; whoever changes it now must not be among them.
        submission["generation"] = 2;
        submission["changedBy"] = "oidc:alice";
        submission["spec"]!["stage"] = "Canary";
        Assert.Equal(200, (await versions.Door.PutAsync(submission, path)).Status);
        string second = await RequestAsync(host, id => id != first);
        Assert.Equal(["oidc:alice"], await ExcludedAsync(host, second));

        // The one before is worth nothing any more.
        await ApproveAsync(host, first);
        JsonElement old = await host.GetAsync($"/v1/approvals/{first}");
        Assert.Contains("Impossible", old.GetRawText(), StringComparison.Ordinal);
        await ApproveAsync(host, second);
        await Door.UntilAsync(() => RolloutAsync(host), rollout => rollout.GetProperty("weight").GetInt32() == 50);
        await VerifyAsync(host);

        static async Task<string> RequestAsync(TestDataPlane host, Func<string, bool> holds) => (await Door.UntilAsync(
            () => RolloutAsync(host),
            rollout => rollout.TryGetProperty("approvalId", out JsonElement id) && id.GetString() is { } text && holds(text))).GetProperty("approvalId").GetString()!;

        static async Task<string?[]> ExcludedAsync(TestDataPlane host, string id) => [.. (await host.GetAsync($"/v1/approvals/{id}")).GetProperty("excluded").EnumerateArray().Select(name => name.GetString())];
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_version_that_alerts_on_everything_is_rolled_back_by_its_analysis_alone(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        await using TestDataPlane replica = await host.StartReplicaAsync(Fast);
        ModelVersionDoor versions = await StartAsync(host);
        string digest = (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest;
        await versions.ApplyAsync("fraud", "2.0.0", digest, change: spec =>
        {
            spec["decision"] = JsonNode.Parse("""{"reviewAt":"0.0001","blockAt":"0.9999"}""");
            spec["rollout"] = JsonNode.Parse("""{"steps":[{"setWeight":20},{"analysis":{"metrics":[{"name":"AlertRate","maxRelativeChange":"0.5"}],"interval":"100ms","minSamples":50,"inconclusiveLimit":1000}}]}""");
        });
        Dictionary<string, string> deciders = [];

        await SendUntilAsync(host, deciders, rollout => rollout.GetProperty("phase").GetString() == "RolledBack", newAccounts: true);

        Assert.Contains("fraud@2.0.0", deciders.Values);
        JsonElement detail = await host.GetAsync("/v1/rollouts/default/fraud-2.0.0");
        JsonElement last = detail.GetProperty("history")[0];
        Assert.Equal(("AnalysisFailed", "system:rollout"), (last.GetProperty("reason").GetString(), last.GetProperty("actor").GetString()));
        Assert.Equal("Fail", last.GetProperty("results")[0].GetProperty("verdict").GetString());
        Assert.Equal("False RolledBack", ModelVersionDoor.Of(await versions.StatusAsync("fraud", "2.0.0"), "TrafficShifted"));
        await Door.UntilAsync(() => SendAsync(host, 200), sent => sent.TrueForAll(one => one.Decider == "fraud@1.0.0")); // the route follows the row within milliseconds
        await Door.UntilAsync(() => SendAsync(replica, 200), sent => sent.TrueForAll(one => one.Decider == "fraud@1.0.0"));
        TestContext.Current.SendDiagnosticMessage($"{kind}: out of traffic {await DelayAsync(host)} after its last analysis");
        await VerifyAsync(host);
    }

    [Fact]
    public async Task A_person_takes_a_version_back_and_starts_it_again()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest, "Canary");
        await Door.UntilAsync(() => RolloutAsync(host), rollout => rollout.GetProperty("weight").GetInt32() == 5);

        Assert.Equal(422, (await VerbAsync(host, "rollback", "")).Status);
        Assert.Equal("RolledBack", (await VerbAsync(host, "rollback", "too many complaints")).Json.GetProperty("phase").GetString());
        Assert.All(await SendAsync(host, 300), sent => Assert.Equal("fraud@1.0.0", sent.Decider));
        Assert.Equal(409, (await VerbAsync(host, "resume", "again")).Status);
        Assert.Equal("Progressing", (await VerbAsync(host, "retry", "it was the data")).Json.GetProperty("phase").GetString());
        await Door.UntilAsync(() => SendAsync(host, 300), sent => sent.Exists(one => one.Decider == "fraud@2.0.0"));

        Assert.Equal("Paused", (await VerbAsync(host, "pause", "a look first")).Json.GetProperty("phase").GetString());
        Assert.Equal(5, (await RolloutAsync(host)).GetProperty("weight").GetInt32());
    }

    [Fact]
    public async Task A_version_that_decides_everything_can_be_taken_back_to_the_one_before()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest);
        Assert.Equal("fraud@2.0.0", await versions.DeciderAsync());

        await VerbAsync(host, "rollback", "wrong on salaries");

        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());
        Assert.Equal("RolledBack", (await versions.StatusAsync("fraud", "2.0.0")).GetProperty("phase").GetString());
    }

    [Fact]
    public async Task Of_two_rollouts_one_waits_for_the_other()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest, "Canary");
        await Door.UntilAsync(() => RolloutAsync(host), rollout => rollout.GetProperty("weight").GetInt32() == 5);

        await versions.ApplyAsync("fraud", "3.0.0", (await versions.UploadAsync("fraud", "3.0.0")).Digest, "Canary");

        JsonElement third = await Door.UntilAsync(() => versions.StatusAsync("fraud", "3.0.0"), status => ModelVersionDoor.Of(status, "TrafficShifted") == "False RoutingBusy");
        Assert.Contains("ModelVersion/fraud-2.0.0", third.GetProperty("blockedOn").GetProperty("hint").GetString()!, StringComparison.Ordinal);
        await VerbAsync(host, "rollback", "make way");
        await Door.UntilAsync(() => versions.StatusAsync("fraud", "3.0.0"), status => status.GetProperty("weight").GetInt32() == 5);
    }

    private static async Task<ModelVersionDoor> StartAsync(TestDataPlane host)
    {
        ModelVersionDoor versions = new(host);
        await versions.ApplyAsync("fraud", "1.0.0", (await versions.UploadAsync("fraud", "1.0.0", Thresholds)).Digest);
        return versions;
    }

    private async Task<JsonElement> SendUntilAsync(TestDataPlane host, Dictionary<string, string> deciders, Func<JsonElement, bool> holds, bool newAccounts = false)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach ((string account, string decider) in await SendAsync(host, 200, newAccounts))
            {
                // Shares only grow here: whoever has come to the new version stays with it.
                Assert.False(deciders.GetValueOrDefault(account) == "fraud@2.0.0" && decider == "fraud@1.0.0" && !holds(await RolloutAsync(host)), $"{account} hopped back: {await RolloutAsync(host)}");
                deciders[account] = decider;
            }

            JsonElement rollout = await RolloutAsync(host);
            if (holds(rollout))
            {
                return rollout;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), rollout.ToString());
        }
    }

    /// <summary>One transaction each of so many accounts; each is answered.</summary>
    private async Task<List<(string Account, string Decider)>> SendAsync(TestDataPlane host, int accounts, bool newAccounts = false)
    {
        int round = ++_sent;
        string prefix = newAccounts ? $"n{round}" : "a";
        StringBuilder body = new("[");
        for (int i = 0; i < accounts; i++)
        {
            body.Append(i == 0 ? "" : ",").Append($$"""{"transaction_id":"r-{{round}}-{{i}}","amount":{{1 + (i * 37 % 900)}},"type":"card","account":"{{prefix}}-{{i}}"}""");
        }

        JsonElement answer = await host.PostAsync(body.Append(']').ToString());
        List<(string, string)> sent = [.. answer.GetProperty("results").EnumerateArray().Select((result, i) => ($"{prefix}-{i}", result.GetProperty("model_version").GetString()!))];
        Assert.Equal(accounts, sent.Count);
        return sent;
    }

    private static async Task<JsonElement> RolloutAsync(TestDataPlane host) =>
        await host.GetAsync("/v1/rollouts") is var list && list.GetProperty("items").EnumerateArray().FirstOrDefault(item => item.GetProperty("version").GetString() == "2.0.0") is { ValueKind: JsonValueKind.Object } found
            ? found
            : JsonDocument.Parse("""{"step":-1,"weight":0,"phase":"","approvalId":null}""").RootElement;

    private static Task<DoorAnswer> VerbAsync(TestDataPlane host, string verb, string reason) => new Door(host).SendAsync(
        HttpMethod.Post, $"/v1/rollouts/default/fraud-2.0.0/{verb}", new StringContent(new JsonObject { ["reason"] = reason }.ToJsonString(), Encoding.UTF8, "application/json"));

    private static async Task ApproveAsync(TestDataPlane host, string id)
    {
        JsonElement asked = await host.GetAsync($"/v1/approvals/{id}");
        string hash = (asked.TryGetProperty("boundHash", out JsonElement bound) ? bound : asked.GetProperty("request").GetProperty("boundHash")).GetString()!;
        DoorAnswer answer = await new Door(host).SendAsync(
            HttpMethod.Post, $"/v1/approvals/{id}/approve", new StringContent(new JsonObject { ["boundHash"] = hash, ["reason"] = "compared" }.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(answer.Status == 200, answer.Text);
    }

    /// <summary>From the analysis that failed to the routing record without the version.</summary>
    private static async Task<TimeSpan> DelayAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        DateTimeOffset failed = (await db.RolloutChanges.Where(row => row.Reason == RolloutReasons.AnalysisFailed).ToListAsync(Stop)).Max(row => row.At);
        DateTimeOffset routed = (await db.ModelRouteChanges.Where(row => row.Reason == RouteReasons.SharesMoved).OrderBy(row => row.Generation).ToListAsync(Stop))[^1].ChangedAt;
        return routed - failed;
    }

    private static async Task VerifyAsync(TestDataPlane host)
    {
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }
}
