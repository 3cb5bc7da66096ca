using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.DependencyInjection;
using static FinObs.DataPlane.Tests.Models.ModelVersionDoor;

namespace FinObs.DataPlane.Tests.Models;

/// <summary>What becomes of a ModelVersion in the data plane: verified, loaded, deciding or not, and the way back.</summary>
public sealed class ModelVersionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_version_in_production_decides_a_higher_one_takes_over_and_the_kill_switch_brings_the_lower_back(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        ModelVersionDoor versions = new(host);
        string one = (await versions.UploadAsync("fraud", "1.0.0")).Digest, two = (await versions.UploadAsync("fraud", "1.10.0")).Digest;

        JsonElement first = await versions.ApplyAsync("fraud", "1.0.0", one);
        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());
        Assert.Equal(("Serving", 100, "finobs-built-in@1.0.0"), (first.GetProperty("phase").GetString(), first.GetProperty("weight").GetInt32(), first.GetProperty("previousStable").GetString()));
        Assert.Equal(
            ("True Verified", "True InMemory", "True Serving"), (Of(first, "ArtifactVerified"), Of(first, "Loaded"), Of(first, "TrafficShifted")));
        Assert.Equal("tester-1", first.GetProperty("lastPromoted").GetProperty("by").GetString());
        Assert.Equal(one[7..19], first.GetProperty("observedDigestShort").GetString());
        Assert.Equal("UpToDate", first.GetProperty("model").GetProperty("transition").GetString());

        JsonElement second = await versions.ApplyAsync("fraud", "1.10.0", two);
        Assert.Equal("fraud@1.10.0", await versions.DeciderAsync());
        Assert.Equal("1.0.0", second.GetProperty("previousStable").GetString());
        Assert.Equal("False Superseded", Of(await versions.StatusAsync("fraud", "1.0.0"), "TrafficShifted"));

        JsonElement killed = await versions.ApplyAsync("fraud", "1.10.0", two, change: spec => spec["killSwitch"] = true);
        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());
        Assert.Equal(("RolledBack", 0, "False KillSwitch"), (killed.GetProperty("phase").GetString(), killed.GetProperty("weight").GetInt32(), Of(killed, "TrafficShifted")));
        Assert.Equal(4, killed.GetProperty("routingGeneration").GetInt64());

        await Door.UntilAsync(() => versions.Door.GetAsync($"{PathOf("fraud", "1.10.0")}/status"), answer => answer.Json.GetProperty("status").GetProperty("audit").TryGetProperty("checkpointSize", out _));
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task Without_a_version_to_go_back_to_nobody_decides_also_after_a_start()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0")).Digest;
        await versions.ApplyAsync("fraud", "1.0.0", digest);
        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());

        JsonElement killed = await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["killSwitch"] = true);

        Assert.Equal("unavailable", await versions.DeciderAsync());
        Assert.Contains("transactions go to review", MessageOf(killed, "TrafficShifted"), StringComparison.Ordinal);
        await using TestDataPlane restarted = await host.StartReplicaAsync("--Models:BuiltIn", "true");
        Assert.Equal("unavailable", await versions.DeciderAsync(restarted));
    }

    [Fact]
    public async Task Whether_it_drifts_and_was_validated_is_said_and_its_review_may_be_overdue()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0")).Digest;
        JsonObject Governance(string due) => new() { ["validation"] = new JsonObject { ["by"] = "model-risk", ["at"] = "2026-01-05T00:00:00Z" }, ["nextReviewBy"] = due };

        JsonElement plain = await versions.ApplyAsync("fraud", "1.0.0", digest);
        JsonElement current = await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["governance"] = Governance("2126-01-05T00:00:00Z"));
        JsonElement overdue = await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["governance"] = Governance("2026-02-05T00:00:00Z"));

        Assert.Equal(("Unknown NotEvaluated", "Unknown NotValidated"), (Of(plain, "DriftFree"), Of(plain, "ValidationCurrent")));
        Assert.Equal("True Current", Of(current, "ValidationCurrent"));
        Assert.Equal("False ReviewOverdue", Of(overdue, "ValidationCurrent"));
    }

    [Theory]
    [InlineData("Registered", "False NotWanted", "False NotPermittedByStage", "Pending")]
    [InlineData("Retired", "False NotWanted", "False NotPermittedByStage", "Retired")]
    [InlineData("Shadow", "True InMemory", "False WaitsForRollout", "Shadowing")]
    [InlineData("Canary", "True InMemory", "False WaitsForRollout", "Progressing")]
    public async Task A_lower_stage_gets_no_traffic_and_says_why(string stage, string loaded, string traffic, string phase)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);

        await versions.ApplyAsync("fraud", "1.0.0", (await versions.UploadAsync("fraud", "1.0.0")).Digest, stage);

        JsonElement status = await Door.UntilAsync(() => versions.StatusAsync("fraud", "1.0.0"), found => found.GetProperty("phase").GetString() == phase && found.GetProperty("weight").GetInt32() == (stage == "Canary" ? 5 : 0));
        Assert.Equal(("True Verified", loaded, traffic, phase), (Of(status, "ArtifactVerified"), Of(status, "Loaded"), Of(status, "TrafficShifted"), status.GetProperty("phase").GetString()));
    }

    [Fact]
    public async Task A_version_whose_artifact_comes_later_decides_once_it_has_come()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");

        JsonElement waiting = await versions.ApplyAsync("fraud", "1.0.0", artifact.Digest);
        Assert.Equal(("False FetchFailed", "False NotUsable", "Verifying"), (Of(waiting, "ArtifactVerified"), Of(waiting, "TrafficShifted"), waiting.GetProperty("phase").GetString()));
        Assert.Contains($"PUT /v1/artifacts/{artifact.Digest}", waiting.GetProperty("blockedOn").GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Equal("ArtifactUnavailable", waiting.GetProperty("model").GetProperty("lastFailure").GetProperty("reason").GetString());

        await versions.UploadAsync(artifact.ToZip(), artifact.Digest);

        await Door.UntilAsync(() => versions.StatusAsync("fraud", "1.0.0"), status => status.GetProperty("phase").GetString() == "Serving");
        await Door.UntilAsync(() => versions.DeciderAsync(), decider => decider == "fraud@1.0.0");
    }

    [Fact]
    public async Task A_version_that_cannot_be_used_leaves_the_one_that_decides_where_it_is()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        await versions.ApplyAsync("fraud", "1.0.0", (await versions.UploadAsync("fraud", "1.0.0")).Digest);
        string digest = (await versions.UploadAsync("fraud", "2.0.0")).Digest;

        JsonElement otherDigest = await versions.ApplyAsync("fraud", "2.0.0", digest, change: spec => spec["artifact"]!["uri"] = "finobs://sha256:" + new string('0', 64));
        JsonElement otherName = await versions.ApplyAsync("fraud", "3.0.0", digest);
        JsonElement inPods = await versions.ApplyAsync("fraud", "4.0.0", "sha256:" + new string('1', 64), change: spec => spec["artifact"]!["uri"] = "oci://registry.example/fraud:4");
        JsonElement inside = await versions.ApplyAsync("fraud", "5.0.0", "sha256:" + new string('2', 64), change: spec => spec["artifact"]!["uri"] = "https://127.0.0.1:1/model.zip");

        Assert.Equal(("False DigestMismatch", "Failed"), (Of(otherDigest, "ArtifactVerified"), otherDigest.GetProperty("phase").GetString()));
        Assert.Equal("BlockedByFailedLoad", otherDigest.GetProperty("model").GetProperty("transition").GetString());
        Assert.Equal("False Refused", Of(otherName, "ArtifactVerified"));
        Assert.Contains("says that it is fraud 2.0.0, the spec says fraud 3.0.0", MessageOf(otherName, "ArtifactVerified"), StringComparison.Ordinal);
        Assert.Equal(("Unknown CheckedByPods", "False NotUsable"), (Of(inPods, "ArtifactVerified"), Of(inPods, "TrafficShifted")));
        Assert.Equal("False FetchFailed", Of(inside, "ArtifactVerified"));
        Assert.Contains("is no public address", MessageOf(inside, "ArtifactVerified"), StringComparison.Ordinal);
        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());
    }

    [Fact]
    public async Task One_model_decides_a_namespace_and_the_second_is_told_that_it_is_busy()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        await versions.ApplyAsync("fraud", "1.0.0", (await versions.UploadAsync("fraud", "1.0.0")).Digest);

        JsonElement second = await versions.ApplyAsync("laundering", "9.0.0", (await versions.UploadAsync("laundering", "9.0.0")).Digest);
        Assert.Equal("False RoutingBusy", Of(second, "TrafficShifted"));
        Assert.Equal("fraud@1.0.0", await versions.DeciderAsync());

        Assert.Equal(204, (await versions.Door.DeleteAsync(PathOf("fraud", "1.0.0"))).Status);
        await Door.UntilAsync(() => versions.DeciderAsync(), decider => decider == "laundering@9.0.0");
    }

    [Fact]
    public async Task A_deleted_version_is_drained_to_the_one_before()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        await versions.ApplyAsync("fraud", "1.0.0", (await versions.UploadAsync("fraud", "1.0.0")).Digest);

        DoorAnswer deleted = await versions.Door.DeleteAsync(PathOf("fraud", "1.0.0"));

        Assert.Equal(204, deleted.Status);
        Assert.Equal("finobs-built-in@1.0.0", await versions.DeciderAsync());
        Assert.Equal(404, (await versions.Door.GetAsync(PathOf("fraud", "1.0.0"))).Status);
    }

    [Fact]
    public async Task The_thresholds_of_the_spec_go_before_the_manifests_and_a_decision_keeps_those_it_was_made_with()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0")).Digest;
        await versions.ApplyAsync("fraud", "1.0.0", digest);
        JsonElement before = (await host.PostAsync("""{"transaction_id":"t-1","amount":5,"type":"card","account":"a-1"}""")).GetProperty("results")[0];
        Assert.Equal("approve", before.GetProperty("decision").GetString());

        await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["decision"] = new JsonObject { ["reviewAt"] = "0.000001", ["blockAt"] = "1" });
        JsonElement after = (await host.PostAsync("""{"transaction_id":"t-2","amount":5,"type":"card","account":"a-2"}""")).GetProperty("results")[0];
        Assert.Equal("manual_review", after.GetProperty("decision").GetString());
        JsonElement version = await host.GetAsync("/v1/models/fraud/versions/1.0.0");
        Assert.Equal(0.000001, version.GetProperty("version").GetProperty("thresholds").GetProperty("reviewAt").GetDouble());
        JsonElement kept = await host.GetAsync("/v1/transactions/t-1");
        Assert.Equal(0.99, kept.GetProperty("decision").GetProperty("thresholds").GetProperty("review_at").GetDouble());

        JsonElement senseless = await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["decision"] = new JsonObject { ["reviewAt"] = "0.9999" });
        Assert.Equal("False LoadFailed", Of(senseless, "Loaded"));
        Assert.Equal("InvalidSpec", senseless.GetProperty("model").GetProperty("lastFailure").GetProperty("reason").GetString());
    }

    /// <summary>Nobody looks by himself while the test lasts.</summary>
    [Fact]
    public async Task All_replicas_hear_of_a_route()
    {
        string[] hearing = ["--Changes:PollPeriod", "01:00:00"];
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql, hearing);
        await using TestDataPlane other = await host.StartReplicaAsync(hearing);
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0")).Digest;
        await versions.ApplyAsync("fraud", "1.0.0", digest);
        await Door.UntilAsync(() => versions.DeciderAsync(other), decider => decider == "fraud@1.0.0");

        await versions.ApplyAsync("fraud", "1.0.0", digest, change: spec => spec["killSwitch"] = true);

        await Door.UntilAsync(() => versions.DeciderAsync(other), decider => decider == "finobs-built-in@1.0.0");
    }
}
