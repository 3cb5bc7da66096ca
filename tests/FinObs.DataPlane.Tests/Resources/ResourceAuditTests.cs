using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>The trail of a change.</summary>
public sealed class ResourceAuditTests
{
    private const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_change_has_a_leaf_of_its_own_and_the_status_says_where_it_stands(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);

        DoorAnswer created = await door.PutAsync(Door.ByOperator(), traceparent: Traceparent);
        DoorAnswer status = await Door.UntilAsync(
            () => door.GetAsync($"{Door.Target}/status"), answer => answer.Json.GetProperty("status").GetProperty("audit").TryGetProperty("checkpointSize", out _));

        JsonElement mark = status.Json.GetProperty("status").GetProperty("audit");
        Assert.Equal(created.LeafId, mark.GetProperty("leafId").GetString());
        JsonElement proof = await host.GetAsync($"/v1/audit/leaves/{created.LeafId}/proof");
        Assert.Equal(proof.GetProperty("leafHash").GetString(), mark.GetProperty("leafHash").GetString());
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", created.Json.GetProperty("traceId").GetString());
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", status.Json.GetProperty("status").GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task A_draft_of_an_experiment_splits_nothing_and_says_so()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        const string Experiment = "/v1/namespaces/default/abexperiments/card-fraud";
        JsonObject Arm(string name, string version) => new() { ["name"] = name, ["version"] = version, ["weight"] = 50 };
        await door.PutAsync(
            Door.ByApi(new JsonObject
            {
                ["model"] = "card-fraud",
                ["arms"] = new JsonArray(Arm("control", "1.0.0"), Arm("treatment", "1.1.0")),
                ["primary"] = new JsonObject { ["metric"] = "AlertRate", ["direction"] = "Decrease" },
            }),
            Experiment);

        DoorAnswer answer = await Door.UntilAsync(
            () => door.GetAsync($"{Experiment}/status"), answer => answer.Json.GetProperty("status").GetProperty("observedGeneration").GetInt64() == 1);

        JsonElement status = answer.Json.GetProperty("status");
        JsonElement ready = status.GetProperty("conditions").EnumerateArray().Single(one => one.GetProperty("type").GetString() == "Ready");
        Assert.Equal(("Draft", "True", "Succeeded"), (status.GetProperty("phase").GetString(), ready.GetProperty("status").GetString(), ready.GetProperty("reason").GetString()));
        Assert.Contains("nothing is split", ready.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task The_database_verifies_and_a_row_changed_by_hand_is_found(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        await door.PutAsync(Door.ByApi());
        DoorAnswer changed = await door.PutAsync(Door.ByApi(Door.TargetSpec("https://other.example/")));
        await door.PutAsync(Door.ByApi(), "/v1/namespaces/default/callbacktargets/gone");
        DoorAnswer toGo = await door.PutAsync(Door.ByApi(), "/v1/namespaces/default/callbacktargets/removed");
        await door.DeleteAsync("/v1/namespaces/default/callbacktargets/gone");
        await Door.UntilAsync(() => door.GetAsync($"/v1/audit/leaves/{toGo.LeafId}/proof"), answer => answer.Status == 200);

        VerificationReport sound = await VerifyAsync(host);
        Assert.Equal((0, 5L), (sound.Lies, sound.LiveRows));

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        await db.Resources.Where(row => row.Name == "siem").ExecuteUpdateAsync(set => set.SetProperty(row => row.Spec, row => row.Spec.Replace("other.example", "thief.example")), Stop);
        await db.Resources.Where(row => row.Name == "removed").ExecuteDeleteAsync(Stop);
        VerificationReport report = await VerifyAsync(host);

        Assert.Equal(2, report.Lies);
        Assert.Contains(report.Findings, finding => finding.Where.Contains(changed.LeafId, StringComparison.Ordinal) && finding.What.Contains("'spec.url'", StringComparison.Ordinal));
        Assert.Contains(report.Findings, finding => finding.Where.Contains(toGo.LeafId, StringComparison.Ordinal) && finding.What.Contains("is gone", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task What_was_once_in_force_cannot_be_rewritten(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        await new Door(host).PutAsync(Door.ByApi());
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();

        await Assert.ThrowsAnyAsync<Exception>(() => db.ResourceHistory.ExecuteUpdateAsync(set => set.SetProperty(row => row.Spec, "{}"), Stop));
        await Assert.ThrowsAnyAsync<Exception>(() => db.ResourceHistory.ExecuteDeleteAsync(Stop));
    }

    private static async Task<VerificationReport> VerifyAsync(TestDataPlane host) =>
        await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
}
