using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Models;

public sealed class ArtifactsApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task An_artifact_goes_in_once_and_comes_out_the_same_under_its_digest(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        ModelVersionDoor versions = new(host);
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");

        DoorAnswer created = await versions.UploadAsync(artifact.ToZip(), artifact.Digest);
        DoorAnswer again = await versions.UploadAsync(artifact.ToZip(), artifact.Digest);

        Assert.Equal((201, 200), (created.Status, again.Status));
        Assert.Equal(created.LeafId, again.LeafId);
        Assert.Equal(("fraud", "uploaded"), (created.Json.GetProperty("model").GetString(), created.Json.GetProperty("origin").GetString()));
        await Door.UntilAsync(() => versions.Door.GetAsync($"/v1/audit/leaves/{created.LeafId}/proof"), answer => answer.Status == 200);
        using HttpResponseMessage response = await host.Client.GetAsync(new Uri($"/v1/artifacts/{artifact.Digest}", UriKind.Relative), Stop);
        using MemoryStream zip = new(await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(artifact.Digest, ModelArtifact.ReadZip(zip, artifact.Digest).Digest);
        Assert.Equal($"\"{artifact.Digest}\"", response.Headers.ETag?.Tag);
        Assert.Contains("immutable", response.Headers.CacheControl?.ToString(), StringComparison.Ordinal);

        using HttpRequestMessage conditional = new(HttpMethod.Get, new Uri($"/v1/artifacts/{artifact.Digest}", UriKind.Relative));
        conditional.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{artifact.Digest}\""));
        using HttpResponseMessage same = await host.Client.SendAsync(conditional, Stop);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using HttpRequestMessage head = new(HttpMethod.Head, new Uri($"/v1/artifacts/{artifact.Digest}", UriKind.Relative));
        using HttpResponseMessage headers = await host.Client.SendAsync(head, Stop);
        Assert.Equal(zip.Length, headers.Content.Headers.ContentLength);
        JsonElement item = Assert.Single((await host.GetAsync("/v1/artifacts")).GetProperty("items").EnumerateArray());
        Assert.Equal(artifact.Digest, item.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task What_is_no_artifact_or_another_one_is_refused_with_what_to_do()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Door.WithoutModel, "--Models:MaxArtifactBytes", "20000000"]);
        ModelVersionDoor versions = new(host);
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");
        byte[] zip = artifact.ToZip();
        string zeros = "sha256:" + new string('0', 64);

        DoorAnswer otherDigest = await versions.UploadAsync(zip, zeros);
        DoorAnswer cut = await versions.UploadAsync(zip[..^100], artifact.Digest);
        DoorAnswer noZip = await versions.UploadAsync("hello"u8.ToArray(), artifact.Digest);
        DoorAnswer noDigest = await versions.UploadAsync(zip, "latest");
        DoorAnswer json = await versions.UploadAsync(zip, artifact.Digest, "application/json");
        DoorAnswer large = await versions.UploadAsync(new byte[20_000_001], artifact.Digest);

        Assert.Equal((422, "DigestMismatch"), (otherDigest.Status, otherDigest.Code));
        Assert.Contains(artifact.Digest, otherDigest.Detail, StringComparison.Ordinal);
        Assert.Equal((422, "UnreadableArchive"), (cut.Status, cut.Code));
        Assert.Equal((422, "UnreadableArchive"), (noZip.Status, noZip.Code));
        Assert.Equal((422, "invalid_digest"), (noDigest.Status, noDigest.Code));
        Assert.Equal(415, json.Status);
        Assert.Equal((413, "Oversized"), (large.Status, large.Code));
        Assert.Equal(404, (await versions.Door.GetAsync($"/v1/artifacts/{zeros}")).Status);
        Assert.Empty((await host.GetAsync("/v1/artifacts")).GetProperty("items").EnumerateArray());
        Assert.DoesNotContain(Directory.EnumerateFiles(host.Services.GetRequiredService<DataFolder>().FullPath), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_and_versions_are_listed_with_what_their_manifests_say()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelVersionDoor versions = new(host);
        foreach (string version in (string[])["1.9.0", "1.10.0"])
        {
            await versions.ApplyAsync("fraud", version, (await versions.UploadAsync("fraud", version)).Digest);
        }

        JsonElement models = (await host.GetAsync("/v1/models")).GetProperty("items");
        Assert.Equal(["finobs-built-in", "fraud"], models.EnumerateArray().Select(model => model.GetProperty("model").GetString()!));
        Assert.Equal("1.10.0", models[1].GetProperty("deciding").GetString());
        JsonElement list = (await host.GetAsync("/v1/models/fraud/versions")).GetProperty("items");
        Assert.Equal(["1.10.0", "1.9.0"], list.EnumerateArray().Select(version => version.GetProperty("version").GetString()!));
        JsonElement detail = await host.GetAsync("/v1/models/fraud/versions/1.10.0");
        Assert.Equal("default", detail.GetProperty("version").GetProperty("decidesFor")[0].GetString());
        Assert.NotEqual(0, detail.GetProperty("features").GetProperty("names").GetArrayLength());
        Assert.Contains("simulated bank", detail.GetProperty("training").GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await versions.Door.GetAsync("/v1/models/none/versions")).Status);
        Assert.Equal(404, (await versions.Door.GetAsync("/v1/models/fraud/versions/7.0.0")).Status);
    }
}
