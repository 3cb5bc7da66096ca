using System.Net.Http.Headers;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>Who came to the door, which sign-in proves, and who made the change, which the one who came says.</summary>
public sealed class CallerTests
{
    private const string Key = "a-key-of-the-operator";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task The_leaf_holds_both_for_a_change_and_for_a_deletion(DatabaseKind kind)
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane host = await StartAsync(kind, folder);
        Door door = new(host);

        await door.PutAsync(Door.ByOperator());
        DoorAnswer deleted = await door.DeleteAsync($"{Door.Target}?uid={Door.Uid}");

        Assert.Equal(204, deleted.Status);
        Assert.Equal([("resource.applied", "api-key", "kubectl-client-side-apply"), ("resource.deleted", "api-key", null)], await LeavesAsync(host, ResourceActs.Applied, ResourceActs.Deleted));
        JsonElement history = (await door.GetAsync($"{Door.Target}/history")).Json.GetProperty("items");
        Assert.Equal(["api-key", "api-key"], history.EnumerateArray().Select(item => item.GetProperty("actor").GetString()));
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task Without_sign_in_the_leaf_names_the_way_it_came()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        await new Door(host).PutAsync(Door.ByOperator());
        await new Door(host).PutAsync(Door.ByApi(), "/v1/namespaces/default/callbacktargets/ours");

        Assert.Equal(
            [("resource.applied", "resources:operator", "kubectl-client-side-apply"), ("resource.applied", "resources:api", null)], await LeavesAsync(host, ResourceActs.Applied));
    }

    [Fact]
    public async Task An_artifact_remembers_who_uploaded_it()
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite, folder);
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");
        using ByteArrayContent zip = new(artifact.ToZip()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };

        Assert.Equal(201, (await new Door(host).SendAsync(HttpMethod.Put, $"/v1/artifacts/{artifact.Digest}", zip)).Status);

        Assert.Equal("api-key", Assert.Single(await PayloadsAsync(host, "artifact.uploaded")).GetProperty("uploaded_by").GetString());
    }

    private static async Task<TestDataPlane> StartAsync(DatabaseKind kind, TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder.Combine("keys"), Key, Stop);
        TestDataPlane host = await TestDataPlane.StartAsync(kind, [.. Door.WithoutModel, "--Access:ApiKeyFile", folder.Combine("keys")]);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return host;
    }

    private static async Task<List<(string Act, string Actor, string? ChangedBy)>> LeavesAsync(TestDataPlane host, params string[] kinds) =>
    [
        .. (await PayloadsAsync(host, kinds)).Select(payload => (
            payload.GetProperty("act").GetString()!, payload.GetProperty("actor").GetString()!,
            payload.TryGetProperty("changed_by", out JsonElement by) ? by.GetString() : null)),
    ];

    private static async Task<List<JsonElement>> PayloadsAsync(TestDataPlane host, params string[] kinds)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        List<AuditLeaf> leaves = await db.AuditLeaves.Where(leaf => kinds.Contains(leaf.Kind)).OrderBy(leaf => leaf.Id).ToListAsync(Stop);
        List<PayloadState> payloads = await host.Services.GetRequiredService<PayloadVault>().OpenAsync(db, leaves, Stop);
        return [.. payloads.Select(payload => JsonDocument.Parse(Assert.IsType<PayloadState.Opened>(payload).Payload.Payload).RootElement)];
    }
}
