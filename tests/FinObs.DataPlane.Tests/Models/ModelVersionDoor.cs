using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Tests.Models;

/// <summary>Uploads artifacts and applies ModelVersions of them.</summary>
internal sealed class ModelVersionDoor(TestDataPlane host)
{
    private readonly Door _door = new(host);
    private int _clock;

    public Door Door => _door;

    public static string PathOf(string model, string version, string @namespace = "default") => $"/v1/namespaces/{@namespace}/modelversions/{model}-{version}";

    public async Task<ModelArtifact> UploadAsync(string model, string version, DecisionThresholds? thresholds = null)
    {
        ModelArtifact artifact = TrainedModels.Named(model, version, thresholds);
        DoorAnswer answer = await UploadAsync(artifact.ToZip(), artifact.Digest);
        Assert.True(answer.Status is 200 or 201, answer.Text);
        return artifact;
    }

    public Task<DoorAnswer> UploadAsync(byte[] zip, string digest, string contentType = "application/zip")
    {
        ByteArrayContent content = new(zip) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        return _door.SendAsync(HttpMethod.Put, $"/v1/artifacts/{digest}", content);
    }

    /// <summary>Applies a version as a user of the REST API and waits until it was acted upon.</summary>
    public async Task<JsonElement> ApplyAsync(string model, string version, string digest, string stage = "Production", Action<JsonObject>? change = null, string @namespace = "default", JsonObject? secrets = null)
    {
        JsonObject spec = Spec(model, version, digest, stage);
        change?.Invoke(spec);
        string path = PathOf(model, version, @namespace);
        DoorAnswer answer = await _door.PutAsync(new JsonObject { ["managedBy"] = "Api", ["spec"] = spec, ["secrets"] = secrets, ["changedBy"] = $"tester-{++_clock}" }, path);
        Assert.True(answer.Status is 200 or 201, answer.Text);
        return await SettledAsync(path, answer.Generation);
    }

    public static JsonObject Spec(string model, string version, string digest, string stage = "Production") => new()
    {
        ["model"] = model,
        ["version"] = version,
        ["artifact"] = new JsonObject { ["uri"] = $"finobs://{digest}", ["digest"] = digest },
        ["stage"] = stage,
    };

    /// <summary>The status once this process has acted upon the generation.</summary>
    public async Task<JsonElement> SettledAsync(string path, long generation) =>
        (await Door.UntilAsync(() => _door.GetAsync($"{path}/status"), answer => answer.Status == 200 && Status(answer).GetProperty("observedGeneration").GetInt64() >= generation)).Json.GetProperty("status");

    public async Task<JsonElement> StatusAsync(string model, string version, string @namespace = "default") => Status(await _door.GetAsync($"{PathOf(model, version, @namespace)}/status"));

    /// <summary><c>Status Reason</c> of a condition.</summary>
    public static string Of(JsonElement status, string condition)
    {
        JsonElement found = status.GetProperty("conditions").EnumerateArray().Single(one => one.GetProperty("type").GetString() == condition);
        return $"{found.GetProperty("status").GetString()} {found.GetProperty("reason").GetString()}";
    }

    public static string MessageOf(JsonElement status, string condition) =>
        status.GetProperty("conditions").EnumerateArray().Single(one => one.GetProperty("type").GetString() == condition).GetProperty("message").GetString()!;

    /// <summary>Which version decides a transaction now.</summary>
    public async Task<string> DeciderAsync(TestDataPlane? of = null)
    {
        JsonElement answer = await (of ?? host).PostAsync($$"""{"transaction_id":"t-{{Guid.CreateVersion7():N}}","amount":5,"type":"card","account":"a-1"}""");
        return answer.GetProperty("results")[0].GetProperty("model_version").GetString()!;
    }

    private static JsonElement Status(DoorAnswer answer) => answer.Json.GetProperty("status");
}
