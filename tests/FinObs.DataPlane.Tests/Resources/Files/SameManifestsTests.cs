using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Files;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Resources.Files;

/// <summary>The same manifests by either way lead to the same state.</summary>
public sealed class SameManifestsTests
{
    /// <summary>Beside the samples, whose artifact is made up: a version that decides.</summary>
    private static readonly ModelArtifact Model = TrainedModels.Named("fraud", "1.0.0");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Given_at_the_door_or_as_a_folder_the_samples_lead_to_the_same_state(DatabaseKind kind)
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane byDoor = await TestDataPlane.StartAsync(kind), byFolder = await TestDataPlane.StartAsync(kind, "--Models:Artifact", TestDataPlane.ModelFolder, "--Resources:Folder", folder.FullPath);
        await UploadAsync(byDoor);
        await UploadAsync(byFolder);

        await WriteAllAsync(folder);
        await PutAllAsync(new Door(byDoor), folder.FullPath);
        string[] names = [.. Documents(folder.FullPath).Where(document => ResourceKinds.Find(KindOf(document)) is not null).Select(document => $"{KindOf(document)} {NameOf(document)}").Order(StringComparer.Ordinal)];

        SortedDictionary<string, string> door = await StateAsync(byDoor, names.Length), files = await StateAsync(byFolder, names.Length);

        Assert.Equal(6, names.Length);
        Assert.Equal(names, door.Keys.Where(key => key != "route"));
        Assert.All(door, pair => Assert.Equal(pair.Value, files.GetValueOrDefault(pair.Key)));
        Assert.Contains("\"fraud\"", files["route"], StringComparison.Ordinal);
        Assert.Equal("fraud@1.0.0", await new ModelVersionDoor(byFolder).DeciderAsync());
    }

    private static async Task WriteAllAsync(TemporaryFolder folder)
    {
        foreach (string sample in Directory.EnumerateFiles(RepositoryRoot.Combine("samples/resources")))
        {
            File.Copy(sample, folder.Combine(Path.GetFileName(sample)));
        }

        await File.WriteAllTextAsync(
            folder.Combine("fraud.yaml"),
            $$"""
              apiVersion: finobs.io/v1alpha1
              kind: ModelVersion
              metadata: {name: fraud-1.0.0}
              spec:
                model: fraud
                version: 1.0.0
                artifact: { uri: "finobs://{{Model.Digest}}", digest: "{{Model.Digest}}" }
                stage: Production
              """,
            Stop);
    }

    private static async Task UploadAsync(TestDataPlane host)
    {
        using ByteArrayContent zip = new(Model.ToZip()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        Assert.Equal(201, (await new Door(host).SendAsync(HttpMethod.Put, $"/v1/artifacts/{Model.Digest}", zip)).Status);
    }

    /// <summary>As somebody would who has no folder: each resource with the values of the Secrets that it refers to.</summary>
    private static async Task PutAllAsync(Door door, string folder)
    {
        JsonObject[] documents = [.. Documents(folder)];
        JsonObject secrets = [];
        foreach (JsonObject secret in documents.Where(document => KindOf(document) == "Secret"))
        {
            JsonObject data = new(((JsonObject)secret["stringData"]!).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value!.GetValue<string>())))));
            secrets[NameOf(secret)] = new JsonObject { ["resourceVersion"] = "files-1", ["data"] = data };
        }

        foreach (JsonObject document in documents.Where(document => ResourceKinds.Find(KindOf(document)) is not null))
        {
            ResourceKey key = new("default", KindOf(document), NameOf(document));
            DoorAnswer answer = await door.PutAsync(new JsonObject { ["managedBy"] = "Api", ["spec"] = document["spec"]!.DeepClone(), ["secrets"] = secrets.DeepClone() }, key.Path);
            Assert.True(answer.Status == 201, $"{key}: {answer.Text}");
        }
    }

    /// <summary>Per resource its spec hash, its secrets' versions and its status without times and names of its own leaf; and the routes.</summary>
    private static async Task<SortedDictionary<string, string>> StateAsync(TestDataPlane host, int count)
    {
        Door door = new(host);
        DoorAnswer all = await Door.UntilAsync(() => door.GetAsync("/v1/resources"), answer => answer.Json.GetProperty("items").GetArrayLength() == count);

        // All of them are acted upon before the first is looked at: what one does to the route shows in the others' statuses.
        foreach (JsonElement item in all.Json.GetProperty("items").EnumerateArray())
        {
            await Door.UntilAsync(() => door.GetAsync($"{KeyOf(item).Path}/status"), answer => answer.Json.GetProperty("status").GetProperty("observedGeneration").GetInt64() == 1);
        }

        SortedDictionary<string, string> state = new(StringComparer.Ordinal);
        foreach (JsonElement item in all.Json.GetProperty("items").EnumerateArray())
        {
            ResourceKey key = KeyOf(item);
            DoorAnswer status = await door.GetAsync($"{key.Path}/status");
            JsonObject said = (JsonObject)JsonNode.Parse(status.Json.GetProperty("status").GetRawText())!;
            WithoutItsOwn(said);
            WithoutItsRuns(said);
            JsonElement revision = item.GetProperty("revision");
            state[$"{key.Kind} {key.Name}"] = $"{revision.GetProperty("specHash")} {revision.GetProperty("generation")} {revision.GetProperty("secrets")} {item.GetProperty("spec")} {said.ToJsonString()}";
        }

        state["route"] = (await door.GetAsync("/v1/models")).Text;
        return state;
    }

    private static ResourceKey KeyOf(JsonElement item) => new("default", item.GetProperty("kind").GetString()!, item.GetProperty("name").GetString()!);

    /// <summary>How far a source is depends on when one looks: it is run at once, and there is nobody at its address.</summary>
    private static void WithoutItsRuns(JsonObject status)
    {
        foreach (string name in (string[])["lastRun", "nextRun", "lag", "consecutiveFailures", "blockedOn"])
        {
            status.Remove(name);
        }

        if (status["conditions"] is JsonArray conditions)
        {
            string[] ofRuns = ["Reachable", "SchemaValid", "CaughtUp"];
            bool isRun = conditions.Any(condition => ofRuns.Contains(condition!["type"]!.GetValue<string>()));
            conditions.RemoveAll(condition => isRun && condition!["type"]!.GetValue<string>() is not "AuthResolved");
        }
    }

    private static void WithoutItsOwn(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (string name in (string[])["lastTransitionTime", "since", "time", "at", "audit", "traceId", "keyId"])
                {
                    map.Remove(name);
                }

                map.Select(pair => pair.Value).ToList().ForEach(WithoutItsOwn);
                break;
            case JsonArray list:
                list.ToList().ForEach(WithoutItsOwn);
                break;
        }
    }

    private static IEnumerable<JsonObject> Documents(string folder) => FolderFiles.Read(folder).SelectMany(FileDocument.Read).Select(document => document.Object!);

    private static string KindOf(JsonObject document) => document["kind"]!.GetValue<string>();

    private static string NameOf(JsonObject document) => document["metadata"]!["name"]!.GetValue<string>();
}
