using System.Text.Json;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Scorer;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Models.Remote;

/// <summary>Transactions whose scores come from scoring pods: the same decisions, whatever becomes of the pods.</summary>
[Collection("remote metrics")]
public sealed class RemoteScoringTests
{
    [Theory]
    [InlineData("Grpc", "Raw")]
    [InlineData("Grpc", "Typed")]
    [InlineData("Rest", "Typed")]
    public async Task A_transaction_scored_by_a_pod_is_decided_and_explained_as_in_process(string protocol, string contents)
    {
        await using TestScorer pod = await TestScorer.StartReadyAsync();
        Uri address = protocol == "Rest" ? pod.HttpAddress : pod.GrpcAddress;
        await using TestDataPlane here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using TestDataPlane there = await StartAsync(address, "--Models:Remote:Protocol", protocol, "--Models:Remote:Contents", contents);
        using RemoteCounts counts = new();

        JsonElement expected = await DecideAsync(here, "t-1");
        JsonElement actual = await DecideAsync(there, "t-1");

        Assert.Equal(0, counts.Fallbacks);
        Assert.Equal("block", actual.GetProperty("decision").GetProperty("decision").GetString());
        AssertSame(expected, actual);
        Assert.Equal("tree_shap_exact", actual.GetProperty("explanation").GetProperty("method").GetString());
    }

    [Fact]
    public async Task A_pod_that_dies_is_replaced_by_another_and_then_by_this_process()
    {
        await using TestScorer first = await TestScorer.StartReadyAsync();
        await using TestScorer second = await TestScorer.StartReadyAsync();
        await using TestDataPlane here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using TestDataPlane there = await StartAsync(first.GrpcAddress, "--Models:Remote:Endpoints:1", second.GrpcAddress.ToString());
        using RemoteCounts counts = new();
        for (int i = 0; i < 3; i++)
        {
            AssertSame(await DecideAsync(here, $"both-{i}"), await DecideAsync(there, $"both-{i}"));
        }

        await first.StopAsync();
        for (int i = 0; i < 4; i++)
        {
            AssertSame(await DecideAsync(here, $"one-{i}"), await DecideAsync(there, $"one-{i}"));
        }

        Assert.Equal(0, counts.Fallbacks);
        Assert.True(counts.Ejections >= 1);

        await second.StopAsync();
        AssertSame(await DecideAsync(here, "none"), await DecideAsync(there, "none"));
        Assert.True(counts.Fallbacks >= 1);
    }

    [Fact]
    public async Task A_pod_that_serves_another_digest_is_not_believed()
    {
        using TemporaryFolder folder = new();
        ModelArtifact other = TestScorer.Artifact.WithMetrics(new Dictionary<string, double> { ["x"] = 1 });
        other.Save(folder.FullPath);
        await using TestScorer pod = await TestScorer.StartReadyAsync("--Scorer:ArtifactDigest", other.Digest, "--Scorer:ArtifactUrl", new Uri(folder.FullPath).AbsoluteUri);
        await using TestDataPlane there = await StartAsync(pod.GrpcAddress);
        using RemoteCounts counts = new();

        JsonElement detail = await DecideAsync(there, "t-1");

        Assert.True(counts.Fallbacks >= 1);
        Assert.Equal(TestScorer.Model.Digest, detail.GetProperty("decision").GetProperty("model").GetProperty("digest").GetString());
    }

    [Fact]
    public async Task A_readiness_report_moves_scoring_to_the_pods_and_back()
    {
        await using TestScorer pod = await TestScorer.StartReadyAsync();
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Patient);
        ModelRouter router = host.Services.GetRequiredService<ModelRouter>();
        using RemoteCounts counts = new();

        router.UseRemote("default", TestScorer.Model.Digest, new RemoteEndpoints([pod.GrpcAddress.ToString()]));
        await DecideAsync(host, "there");
        long calls = counts.Calls;
        Assert.True(calls >= 1);
        Assert.NotNull(router.Route("default")!.Remote);

        router.UseRemote("default", TestScorer.Model.Digest, null);
        await DecideAsync(host, "here");
        Assert.Null(router.Route("default")!.Remote);
        Assert.Equal(0, counts.Fallbacks);
    }

    [Fact]
    public async Task A_server_of_somebody_else_may_compute_our_artifact_and_its_margin_is_calibrated_here()
    {
        // A scorer of ours asked like a server that knows neither digest nor score.
        await using TestScorer pod = await TestScorer.StartReadyAsync();
        await using TestDataPlane here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Patient);
        await using TestDataPlane there = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Patient);
        there.Services.GetRequiredService<ModelRouter>().UseRemote("default", TestScorer.Model.Digest, new RemoteEndpoints([pod.GrpcAddress.ToString()])
        {
            External = new ExternalModel(new ServerReference(TestScorer.Model.Manifest.Model), new ScoreOutput("margin")),
        });

        JsonElement expected = await DecideAsync(here, "t-1"), actual = await DecideAsync(there, "t-1");

        Assert.Equal(expected.GetProperty("decision").GetProperty("anomaly_score").GetDouble(), actual.GetProperty("decision").GetProperty("anomaly_score").GetDouble());
        Assert.StartsWith("server of the Open Inference Protocol", FingerprintOf(actual));
    }

    /// <summary>A pod on a busy machine is slow, not gone: no test that does not speak of time should fall back over it.</summary>
    private static readonly string[] Patient = ["--Models:Remote:TimeoutMilliseconds", "20000", "--Models:Remote:TryTimeoutMilliseconds", "10000"];

    private static Task<TestDataPlane> StartAsync(Uri pod, params string[] more) => TestDataPlane.StartAsync(
        DatabaseKind.Sqlite, ["--Models:Artifact", TestDataPlane.ModelFolder, "--Models:Remote:Endpoints:0", pod.ToString(), .. Patient, .. more]);

    private static async Task<JsonElement> DecideAsync(TestDataPlane host, string id)
    {
        await host.PostAsync($$"""{"transaction_id":"{{id}}","amount":250000,"type":"wire","account":"{{id}}","counterparty":"c-9","timestamp":"2026-02-03T04:05:06Z"}""");
        return await host.GetAsync($"/v1/transactions/{id}");
    }

    private static void AssertSame(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.GetProperty("decision").GetProperty("anomaly_score").GetDouble(), actual.GetProperty("decision").GetProperty("anomaly_score").GetDouble());
        Assert.Equal(expected.GetProperty("decision").GetProperty("margin").GetDouble(), actual.GetProperty("decision").GetProperty("margin").GetDouble());
        Assert.Equal(expected.GetProperty("explanation").GetRawText(), actual.GetProperty("explanation").GetRawText());
        Assert.Equal(FingerprintOf(expected), FingerprintOf(actual));
    }

    private static string FingerprintOf(JsonElement detail) => detail.GetProperty("decision").GetProperty("model").GetProperty("engine_fingerprint").GetString()!;
}
