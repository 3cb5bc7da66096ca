using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Scorer;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Scorer;

/// <summary>From the order to serve a digest to the order to stop.</summary>
public sealed class ScorerLifeTests
{
    [Fact]
    public async Task Live_at_once_and_ready_only_when_the_artifact_is_loaded_and_warm()
    {
        await using ArtifactServer data = await ArtifactServer.StartAsync();
        await using TestScorer scorer = await TestScorer.StartAsync(null, "--Scorer:ArtifactUrl", data.Url);
        await data.AskedAsync();

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(scorer, "/health/live")).Status);
        (HttpStatusCode notReady, JsonElement why) = await GetAsync(scorer, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady);
        Assert.Equal("Fetching", why.GetProperty("reason").GetString());
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(
            () => scorer.Grpc.ModelInferAsync(Asking.Request(TestScorer.Rows(1), raw: true), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);

        data.Answer(HttpStatusCode.OK, TestScorer.Artifact.ToZip());
        await scorer.UntilAsync(ScorerReason.Ready);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(scorer, "/health/ready")).Status);
        JsonElement status = (await GetAsync(scorer, "/v1/scorer/status")).Body;
        Assert.Equal(TestScorer.Model.Manifest.Model, status.GetProperty("modelName").GetString());
        Assert.Equal(TestScorer.Model.Manifest.Version, status.GetProperty("modelVersion").GetString());
        Assert.Equal(TestScorer.Model.Digest, status.GetProperty("digest").GetString());
        Assert.Equal("Loaded", status.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_artifact_with_another_digest_is_never_served()
    {
        await using TestScorer scorer = await TestScorer.StartAsync(null, "--Scorer:ArtifactDigest", "sha256:" + new string('0', 64));
        await scorer.UntilAsync(ScorerReason.DigestMismatch);

        (HttpStatusCode status, JsonElement body) = await GetAsync(scorer, "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("DigestMismatch", body.GetProperty("reason").GetString());
        Assert.Equal("FailedToLoad", (await GetAsync(scorer, "/v1/scorer/status")).Body.GetProperty("state").GetString());
        using HttpResponseMessage infer = await Asking.PostAsync(scorer, Asking.Json(TestScorer.Rows(1)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, infer.StatusCode);
    }

    [Fact]
    public async Task An_artifact_that_cannot_be_opened_is_refused()
    {
        using TemporaryFolder folder = new();
        ModelArtifact broken = ModelArtifact.Create(
            new ModelManifest("broken", "1.0.0", TestScorer.Artifact.Manifest.Features) { Format = ModelFormat.Onnx, DeclaredThresholds = DecisionThresholds.Default }, [1, 2, 3]);
        broken.Save(folder.FullPath);
        await using TestScorer scorer = await TestScorer.StartAsync(
            null, "--Scorer:ArtifactDigest", broken.Digest, "--Scorer:ArtifactUrl", new Uri(folder.FullPath).AbsoluteUri);

        await scorer.UntilAsync(ScorerReason.Refused);
    }

    [Fact]
    public async Task A_failed_fetch_is_repeated_after_longer_and_longer_pauses_with_the_token_of_the_moment()
    {
        using TemporaryFolder folder = new();
        string token = folder.Combine("token");
        await File.WriteAllTextAsync(token, "first\n", TestContext.Current.CancellationToken);
        FakeTimeProvider time = new();
        await using ArtifactServer data = await ArtifactServer.StartAsync();
        await using TestScorer scorer = await TestScorer.StartAsync(time, "--Scorer:ArtifactUrl", data.Url, "--Scorer:TokenFile", token);

        Assert.Equal("Bearer first", await data.AskedAsync());
        await File.WriteAllTextAsync(token, "second", TestContext.Current.CancellationToken);
        data.Answer(HttpStatusCode.Forbidden, []);
        await scorer.UntilAsync(ScorerReason.FetchFailed);
        Assert.Contains("check the token", scorer.Status.Message);
        await AdvanceUntilAskedAsync(time, data, TimeSpan.FromSeconds(1), "Bearer second");
        data.Answer(HttpStatusCode.BadGateway, []);
        await AdvanceUntilAskedAsync(time, data, TimeSpan.FromSeconds(2), "Bearer second");
        data.Answer(HttpStatusCode.OK, TestScorer.Artifact.ToZip());

        await scorer.UntilAsync(ScorerReason.Ready);
    }

    [Fact]
    public async Task A_verified_artifact_is_kept_so_that_a_restart_needs_nobody()
    {
        using TemporaryFolder folder = new();
        await using (ArtifactServer data = await ArtifactServer.StartAsync())
        {
            data.Answer(HttpStatusCode.OK, TestScorer.Artifact.ToZip());
            await using TestScorer first = await TestScorer.StartReadyAsync("--Scorer:ArtifactUrl", data.Url, "--Scorer:CacheFolder", folder.FullPath);
        }

        await using TestScorer second = await TestScorer.StartReadyAsync("--Scorer:ArtifactUrl", "http://127.0.0.1:1/gone", "--Scorer:CacheFolder", folder.FullPath);
        Assert.Single(Directory.GetFiles(folder.FullPath));
    }

    [Fact]
    public async Task Told_to_stop_it_is_not_ready_at_once_and_answers_until_the_drain_is_over()
    {
        FakeTimeProvider time = new();
        await using TestScorer scorer = await TestScorer.StartAsync(time, "--Scorer:DrainSeconds", "10");
        await scorer.UntilAsync(ScorerReason.Ready);

        Task stopping = scorer.StopAsync();
        await scorer.UntilAsync(ScorerReason.Draining);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(scorer, "/health/ready")).Status);
        Assert.Equal(2, (await Asking.ForAsync(scorer, Form.GrpcRaw, TestScorer.Rows(1))).Count);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, (await Asking.ForAsync(scorer, Form.RestJson, TestScorer.Rows(1))).Count);
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(scorer, "/health/live"));
    }

    [Fact]
    public async Task With_a_key_only_health_and_status_are_open()
    {
        using TemporaryFolder folder = new();
        string keys = folder.Combine("keys");
        await File.WriteAllTextAsync(keys, "old-key\nnew-key\n", TestContext.Current.CancellationToken);
        await using TestScorer scorer = await TestScorer.StartReadyAsync("--Scorer:Access:ApiKeyFile", keys);

        using HttpResponseMessage without = await Asking.PostAsync(scorer, Asking.Json(TestScorer.Rows(1)));
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(scorer, "/v2")).Status);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => InferAsync("wrong"));
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(scorer, "/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(scorer, "/v1/scorer/status")).Status);
        await InferAsync("old-key");
        await InferAsync("new-key");

        Task InferAsync(string key) => scorer.Grpc.ModelInferAsync(
            Asking.Request(TestScorer.Rows(1), raw: true), new Metadata { { "authorization", $"Bearer {key}" } }, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync;
    }

    [Fact]
    public async Task Without_a_key_it_refuses_to_listen_beyond_this_machine()
    {
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestScorer.StartAsync(null, "--Scorer:Address", "*"));

        Assert.Contains("Scorer:Access:ApiKeyFile", refusal.Message);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(TestScorer scorer, string path)
    {
        using HttpResponseMessage answer = await scorer.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    /// <summary>The pause begins a moment after the answer, on another thread: time is moved on in small steps until it is over, and not longer than it may take.</summary>
    private static async Task AdvanceUntilAskedAsync(FakeTimeProvider time, ArtifactServer data, TimeSpan pause, string token)
    {
        Task<string> asked = data.AskedAsync();
        DateTimeOffset from = time.GetUtcNow();
        while (!asked.IsCompleted)
        {
            time.Advance(pause / 10);
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.True(time.GetUtcNow() - from >= pause);
        Assert.Equal(token, await asked);
    }
}
