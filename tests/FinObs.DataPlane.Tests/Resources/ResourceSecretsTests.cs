using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>Values of Secrets: where they are, and where they are not.</summary>
public sealed class ResourceSecretsTests
{
    private static readonly ResourceKey Key = new("default", "CallbackTarget", "siem");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_value_stands_in_no_answer_no_leaf_and_no_row_in_the_clear(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        List<string> said = [(await door.PutAsync(Door.ByOperator())).Text];
        foreach (string path in (string[])["", "/status", "/history"])
        {
            said.Add((await door.GetAsync(Door.Target + path)).Text);
        }

        said.Add((await door.GetAsync("/v1/resources")).Text);
        IDatabase database = host.Services.GetRequiredService<IDatabase>();
        await using FinObsDbContext db = database.CreateContext();
        said.AddRange((await db.Resources.ToListAsync(Stop)).Select(row => row.ToString()));
        said.AddRange((await db.ResourceHistory.ToListAsync(Stop)).Select(row => row.ToString()));
        List<AuditLeaf> leaves = await db.AuditLeaves.Where(leaf => leaf.Kind == ResourceActs.Applied).ToListAsync(Stop);
        said.AddRange(leaves.Select(leaf => Encoding.UTF8.GetString(leaf.Leaf)));
        List<PayloadState> payloads = await host.Services.GetRequiredService<PayloadVault>().OpenAsync(db, leaves, Stop);
        said.AddRange(payloads.Select(payload => Encoding.UTF8.GetString(Assert.IsType<PayloadState.Opened>(payload).Payload.Payload)));
        ResourceSecretRow row = Assert.Single(await db.ResourceSecrets.ToListAsync(Stop));

        Assert.Contains("siem-key", string.Concat(said), StringComparison.Ordinal);
        Assert.DoesNotContain(Door.SigningKey, string.Concat(said), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Door.SigningKey)), string.Concat(said), StringComparison.Ordinal);
        Assert.DoesNotContain(Door.SigningKey, Encoding.Latin1.GetString(row.Sealed), StringComparison.Ordinal);
        ResourceSecrets opened = await host.Services.GetRequiredService<SecretVault>().OpenAsync(Key, Stop);
        Assert.Equal(Door.SigningKey, Encoding.UTF8.GetString(opened.Of("siem-key")["key"]));
    }

    [Fact]
    public async Task A_value_that_was_moved_or_changed_at_rest_does_not_open()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        await door.PutAsync(Door.ByApi());
        SecretVault vault = host.Services.GetRequiredService<SecretVault>();
        IDatabase database = host.Services.GetRequiredService<IDatabase>();

        await using (FinObsDbContext db = database.CreateContext())
        {
            await db.ResourceSecrets.ExecuteUpdateAsync(set => set.SetProperty(row => row.Name, "another"), Stop);
        }

        await Assert.ThrowsAnyAsync<CryptographicException>(() => vault.OpenAsync(Key with { Name = "another" }, Stop));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_value_goes_with_the_reference_to_it_and_with_the_resource(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        System.Text.Json.Nodes.JsonObject spec = Door.TargetSpec();
        spec["signing"]!["previousSecretRef"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "siem-key", ["key"] = "before" };
        System.Text.Json.Nodes.JsonObject secrets = Door.Secrets();
        secrets["siem-key"]!["data"]!["before"] = Convert.ToBase64String("old"u8);
        secrets["siem-key"]!["data"]!["unused"] = Convert.ToBase64String("unused"u8);

        await door.PutAsync(Door.ByApi(spec, secrets));
        Assert.Equal(["before", "key"], await KeysAsync(host));
        await door.PutAsync(Door.ByApi());
        Assert.Equal(["key"], await KeysAsync(host));
        await door.DeleteAsync();
        Assert.Empty(await KeysAsync(host));
    }

    [Fact]
    public async Task A_new_version_of_a_secret_is_an_update_and_a_missing_one_is_named()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        DoorAnswer created = await door.PutAsync(Door.ByOperator());

        DoorAnswer rotated = await door.PutAsync(Door.ByOperator(secrets: Door.Secrets("2", "whsec_bmV3")));
        DoorAnswer missing = await door.PutAsync(Door.ByOperator(generation: 2, secrets: []));
        System.Text.Json.Nodes.JsonObject withoutKey = Door.Secrets();
        withoutKey["siem-key"]!["data"] = new System.Text.Json.Nodes.JsonObject { ["another"] = "YQ==" };
        DoorAnswer noKey = await door.PutAsync(Door.ByOperator(generation: 2, secrets: withoutKey));
        System.Text.Json.Nodes.JsonObject notBase64 = Door.Secrets();
        notBase64["siem-key"]!["data"]!["key"] = "%%%hush%%%";
        DoorAnswer bad = await door.PutAsync(Door.ByOperator(generation: 2, secrets: notBase64));

        Assert.Equal(("Updated", created.SpecHash, 1L), (rotated.Change, rotated.SpecHash, rotated.Generation));
        Assert.Equal("2", rotated.Json.GetProperty("revision").GetProperty("secrets").GetProperty("siem-key").GetString());
        Assert.Equal(422, missing.Status);
        Assert.StartsWith("spec.signing.secretRef: refers to the Secret siem-key, which was not submitted", missing.Detail, StringComparison.Ordinal);
        Assert.StartsWith("spec.signing.secretRef: refers to the key key of the Secret siem-key", noKey.Detail, StringComparison.Ordinal);
        Assert.StartsWith("secrets.siem-key.data.key: must be base64", bad.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", bad.Text, StringComparison.Ordinal);
    }

    private static async Task<List<string>> KeysAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        return await db.ResourceSecrets.OrderBy(row => row.Key).Select(row => row.Key).ToListAsync(Stop);
    }
}
