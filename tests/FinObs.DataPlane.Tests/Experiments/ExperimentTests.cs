using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Experiments;

/// <summary>Experiments on traffic, in the real host. Control and treatment are the same model with other thresholds: the treatment flags about seven of ten, the control two.</summary>
public sealed class ExperimentTests
{
    private const string Name = "thresholds";
    private const int Accounts = 400;

    private static readonly string[] Fast = ["--Experiments:Period", "00:00:00.050", "--Rollout:Period", "00:00:00.050"];
    private static readonly DecisionThresholds Thresholds = new(0.999, 0.9999);

    private int _sent;
    private double _treatmentAt;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Accounts_stay_in_their_arms_until_people_promote_the_version_that_won(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await ApplyAsync(host, Spec());
        await Door.UntilAsync(() => ConditionAsync(host, "ArmsReady"), condition => condition == "False VersionMissing");
        await TreatmentAsync(versions, "Production", """{"steps":[{"setWeight":20},{"pause":{"duration":"1h"}}]}""");
        await Door.UntilAsync(() => ExperimentAsync(host), experiment => experiment.GetProperty("servingSince").ValueKind == JsonValueKind.String);
        Assert.Equal("False RoutingBusy", ModelVersionDoor.Of(await versions.StatusAsync("fraud", "2.0.0"), "TrafficShifted"));

        Dictionary<string, string> first = (await SendAsync(host, "s")).ToDictionary(sent => sent.Account, sent => sent.Decider);
        Assert.All(await SendAsync(host, "s"), sent => Assert.Equal(first[sent.Account], sent.Decider));
        Assert.InRange(first.Values.Count(decider => decider == "fraud@2.0.0"), Accounts * 0.4, Accounts * 0.6);
        JsonElement concluded = await SendUntilAsync(host, experiment => experiment.GetProperty("phase").GetString() == "Concluded");
        Assert.Equal(("treatment", "TreatmentBetter"), (concluded.GetProperty("winner").GetString(), concluded.GetProperty("verdict").GetString()));
        Assert.All(await SendAsync(host, "s"), sent => Assert.Equal(first[sent.Account], sent.Decider));

        JsonElement asked = (await VerbAsync(host, "promote", "it won")).Json;
        await ApproveAsync(host, asked.GetProperty("approvalId").GetString()!);
        JsonElement promoted = await Door.UntilAsync(() => ExperimentAsync(host), experiment => experiment.GetProperty("phase").GetString() == "Promoted");
        Assert.Equal("local", promoted.GetProperty("promotedBy").GetString());
        await Door.UntilAsync(() => versions.StatusAsync("fraud", "2.0.0"), version => version.GetProperty("phase").GetString() == "Serving");
        Assert.All(await SendAsync(host, "s"), sent => Assert.Equal("fraud@2.0.0", sent.Decider));
        JsonElement status = await StatusAsync(host);
        Assert.Equal(("Promoted", "treatment", "True EffectFound"), (status.GetProperty("phase").GetString(), status.GetProperty("winner").GetString(), ModelVersionDoor.Of(status, "Significant")));
        await VerifyAsync(host);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_broken_guardrail_takes_the_treatment_out_of_traffic_at_once(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        JsonObject spec = Spec();
        spec["guardrails"] = JsonNode.Parse("""[{"metric":"AlertRate","max":"0.4","action":"Stop"}]""");
        spec["duration"] = JsonNode.Parse("""{"min":"24h","max":"48h"}""");
        await ApplyAsync(host, spec);
        await TreatmentAsync(versions, "Canary");

        JsonElement stopped = await SendUntilAsync(host, experiment => experiment.GetProperty("phase").GetString() == "Stopped");

        Assert.Equal("GuardrailBreached", stopped.GetProperty("reason").GetString());
        await Door.UntilAsync(() => SendAsync(host, "after"), sent => sent.TrueForAll(one => one.Decider == "fraud@1.0.0"));
        Assert.Equal("RolledBack", (await versions.StatusAsync("fraud", "2.0.0")).GetProperty("phase").GetString());
        Assert.Equal("False GuardrailBreached", await ConditionAsync(host, "GuardrailsOk"));
        Assert.Equal(409, (await VerbAsync(host, "promote", "all the same")).Status);
        await VerifyAsync(host);
    }

    [Fact]
    public async Task A_signal_pauses_until_a_person_goes_on_and_does_not_pause_again()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        JsonObject spec = Spec();
        spec["signals"] = JsonNode.Parse("""[{"metric":"AlertRate","max":"0.4","action":"Pause"}]""");
        await ApplyAsync(host, spec);
        await TreatmentAsync(versions, "Canary");

        JsonElement paused = await SendUntilAsync(host, experiment => experiment.GetProperty("phase").GetString() == "Paused");
        Assert.Equal("SignalBreached", paused.GetProperty("reason").GetString());
        Assert.Contains(await SendAsync(host, "paused"), sent => sent.Decider == "fraud@2.0.0");
        Assert.Equal(422, (await VerbAsync(host, "resume", "")).Status);
        await VerbAsync(host, "resume", "known, and wanted");

        await SendUntilAsync(host, experiment => experiment.GetProperty("phase").GetString() == "Concluded");
        Assert.Equal("Stopped", (await VerbAsync(host, "stop", "not now")).Json.GetProperty("phase").GetString());
        Assert.Equal(409, (await VerbAsync(host, "resume", "again")).Status);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Pairs_in_shadow_find_the_better_version_and_change_no_decision(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        JsonObject spec = Spec();
        spec["mode"] = "PairedShadow";
        spec["analysis"]!["test"] = "McNemar";
        await ApplyAsync(host, spec);
        await TreatmentAsync(versions, "Shadow");

        JsonElement concluded = await SendUntilAsync(host, experiment => experiment.GetProperty("phase").GetString() == "Concluded", sent => Assert.Equal("fraud@1.0.0", sent.Decider));

        Assert.Equal("treatment", concluded.GetProperty("winner").GetString());
        JsonElement pair = (await host.GetAsync($"/v1/experiments/default/{Name}/results")).GetProperty("evaluation").GetProperty("pairs")[0];
        Assert.True(pair.GetProperty("onlyTreatment").GetInt64() > 0);
        Assert.Equal(0, pair.GetProperty("onlyControl").GetInt64());
    }

    [Fact]
    public async Task An_experiment_waits_for_the_rollout_that_has_the_route()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        ModelVersionDoor versions = await StartAsync(host);
        await TreatmentAsync(versions, "Canary");
        await Door.UntilAsync(() => versions.StatusAsync("fraud", "2.0.0"), status => status.GetProperty("weight").GetInt32() == 5);

        await ApplyAsync(host, Spec());

        await Door.UntilAsync(() => ConditionAsync(host, "ArmsReady"), condition => condition == "False RoutingBusy");
        Assert.Equal(JsonValueKind.Null, (await ExperimentAsync(host)).GetProperty("servingSince").ValueKind);
    }

    [Fact]
    public async Task The_older_paths_make_and_show_the_same_experiments()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Fast);
        await StartAsync(host);
        Door door = new(host);

        Assert.Equal(422, (await door.SendAsync(HttpMethod.Post, "/agent/compliance/experiments?name=x&model_a=1.0.0&model_b=2.0.0&traffic_split=1")).Status);
        DoorAnswer made = await door.SendAsync(HttpMethod.Post, "/agent/compliance/experiments?name=New%20model&model_a=fraud@1.0.0&model_b=2.0.0&traffic_split=0.4");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("new-model", "1.0.0", "2.0.0", 0.4), (made.Json.GetProperty("id").GetString(), made.Json.GetProperty("model_a").GetString(), made.Json.GetProperty("model_b").GetString(), made.Json.GetProperty("traffic_split").GetDouble()));

        Assert.Equal("running", (await host.GetAsync("/agent/compliance/experiments?active_only=true")).GetProperty("experiments")[0].GetProperty("status").GetString());
        JsonElement results = await host.GetAsync("/agent/compliance/experiments/new-model/results");
        Assert.False(results.GetProperty("significance").GetProperty("is_significant").GetBoolean());
        Assert.Equal(JsonValueKind.Null, results.GetProperty("model_b").GetProperty("stats").GetProperty("accuracy").ValueKind);
        await Door.UntilAsync(() => door.SendAsync(HttpMethod.Post, "/agent/compliance/experiments/new-model/promote"), answer => answer.Status == 409);
        Assert.Equal(404, (await door.GetAsync("/agent/compliance/experiments/other/results")).Status);
    }

    private static JsonObject Spec() => (JsonObject)JsonNode.Parse(
        """
        {"model":"fraud","mode":"Split","enrolPercent":100,"state":"Running",
         "arms":[{"name":"control","version":"1.0.0","weight":50},{"name":"treatment","version":"2.0.0","weight":50}],
         "primary":{"metric":"AlertRate","direction":"Increase","mde":"0.1"},
         "analysis":{"method":"Sequential","interval":"100ms","minPerArm":100},
         "duration":{"min":"50ms","max":"24h"},
         "conclusion":{"promote":"Manual","approvals":1}}
        """)!;

    /// <summary>The control, with a threshold that two of ten reach; the treatment's is <see cref="_treatmentAt"/>.</summary>
    private async Task<ModelVersionDoor> StartAsync(TestDataPlane host)
    {
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0", Thresholds)).Digest;
        await versions.ApplyAsync("fraud", "1.0.0", digest);
        await SendAsync(host, "quantiles");
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        double[] scores = [.. (await db.Decisions.Where(row => row.Score != null).Select(row => row.Score!.Value).ToListAsync(Stop)).Order()];
        _treatmentAt = scores[scores.Length * 3 / 10];
        await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["decision"] = Decision(scores[scores.Length * 8 / 10]));
        return versions;
    }

    private static JsonObject Decision(double reviewAt) => new JsonObject { ["reviewAt"] = reviewAt.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture), ["blockAt"] = "0.999999" };

    private async Task TreatmentAsync(ModelVersionDoor versions, string stage, string? rollout = null) =>
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0", Thresholds)).Digest, stage, spec =>
        {
            spec["decision"] = Decision(_treatmentAt);
            if (rollout is not null)
            {
                spec["rollout"] = JsonNode.Parse(rollout);
            }
        });

    private static async Task ApplyAsync(TestDataPlane host, JsonObject spec)
    {
        DoorAnswer answer = await new Door(host).PutAsync(new JsonObject { ["managedBy"] = "Api", ["spec"] = spec, ["changedBy"] = "tester" }, $"/v1/namespaces/default/abexperiments/{Name}");
        Assert.True(answer.Status is 200 or 201, answer.Text);
    }

    private static async Task<JsonElement> StatusAsync(TestDataPlane host) => (await new Door(host).GetAsync($"/v1/namespaces/default/abexperiments/{Name}/status")).Json.GetProperty("status");

    private static async Task<string> ConditionAsync(TestDataPlane host, string type) => ModelVersionDoor.Of(await StatusAsync(host), type);

    private static async Task<JsonElement> ExperimentAsync(TestDataPlane host) => (await host.GetAsync("/v1/experiments")).GetProperty("items")[0];

    private async Task<JsonElement> SendUntilAsync(TestDataPlane host, Func<JsonElement, bool> holds, Action<(string Account, string Decider)>? each = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach ((string, string) sent in await SendAsync(host, $"n{_sent}"))
            {
                each?.Invoke(sent);
            }

            JsonElement experiment = await ExperimentAsync(host);
            if (holds(experiment))
            {
                return experiment;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"{experiment} {await host.GetAsync($"/v1/experiments/default/{Name}/results")}");
        }
    }

    /// <summary>One transaction of each account; each is answered.</summary>
    private async Task<List<(string Account, string Decider)>> SendAsync(TestDataPlane host, string prefix)
    {
        int round = ++_sent;
        StringBuilder body = new("[");
        for (int i = 0; i < Accounts; i++)
        {
            body.Append(i == 0 ? "" : ",").Append($$"""{"transaction_id":"r-{{round}}-{{i}}","amount":{{1 + (i * 37 % 900)}},"type":"card","account":"{{prefix}}-{{i}}"}""");
        }

        JsonElement answer = await host.PostAsync(body.Append(']').ToString());
        return [.. answer.GetProperty("results").EnumerateArray().Select((result, i) => ($"{prefix}-{i}", result.GetProperty("model_version").GetString()!))];
    }

    private static Task<DoorAnswer> VerbAsync(TestDataPlane host, string verb, string reason) => new Door(host).SendAsync(
        HttpMethod.Post, $"/v1/experiments/default/{Name}/{verb}", new StringContent(new JsonObject { ["reason"] = reason }.ToJsonString(), Encoding.UTF8, "application/json"));

    private static async Task ApproveAsync(TestDataPlane host, string id)
    {
        JsonElement asked = await host.GetAsync($"/v1/approvals/{id}");
        string hash = (asked.TryGetProperty("boundHash", out JsonElement bound) ? bound : asked.GetProperty("request").GetProperty("boundHash")).GetString()!;
        DoorAnswer answer = await new Door(host).SendAsync(
            HttpMethod.Post, $"/v1/approvals/{id}/approve", new StringContent(new JsonObject { ["boundHash"] = hash, ["reason"] = "compared" }.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(answer.Status == 200, answer.Text);
    }

    private static async Task VerifyAsync(TestDataPlane host)
    {
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }
}
