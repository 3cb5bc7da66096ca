using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.DependencyInjection;
using static FinObs.DataPlane.Tests.Models.ModelVersionDoor;

namespace FinObs.DataPlane.Tests.Models.Remote;

/// <summary>A version whose spec has a server of somebody else score it.</summary>
[Collection("remote metrics")]
public sealed class ExternalServerTests
{
    private const string Token = "a-token-of-theirs";
    private const string OurKey = "a-key-for-pods-of-ours";

    private static readonly string[] AllowLoopback = ["--Models:Artifact", TestDataPlane.ModelFolder, "--Models:AllowedCidrs:0", "127.0.0.0/8"];

    [Theory]
    [InlineData("Grpc")]
    [InlineData("Rest")]
    public async Task It_scores_the_manifest_calibrates_and_this_process_explains(string protocol)
    {
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");
        await using ForeignServer server = await StartServerAsync(artifact);
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, AllowLoopback), here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        JsonElement status = await ApplyAsync(host, Server(server, protocol));

        JsonElement scored = await TransactionAsync(host), expected = await TransactionAsync(here);

        Assert.Equal($"Bearer {Token}", Assert.Single(server.Shown.Distinct()));
        Assert.StartsWith($"{(protocol == "Rest" ? server.RestAddress : server.GrpcAddress).GetLeftPart(UriPartial.Authority)} scores it ({protocol})", MessageOf(status, "Loaded"), StringComparison.Ordinal);
        Assert.Equal("True InMemory", Of(status, "Loaded"));
        Assert.Equal(ScoreOf(expected), ScoreOf(scored), 1e-4);
        Assert.Contains("server of the Open Inference Protocol; model card_fraud 3", scored.GetProperty("decision").GetProperty("model").GetProperty("engine_fingerprint").GetString(), StringComparison.Ordinal);
        Assert.Equal("tree_shap_exact", scored.GetProperty("explanation").GetProperty("method").GetString());
    }

    [Fact]
    public async Task When_it_is_away_this_process_scores_the_same_version()
    {
        ForeignServer server = await StartServerAsync(TrainedModels.Named("fraud", "1.0.0"));
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, AllowLoopback), here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await ApplyAsync(host, Server(server));
        await server.DisposeAsync();

        JsonElement scored = await TransactionAsync(host), expected = await TransactionAsync(here);

        Assert.Equal("fraud", scored.GetProperty("decision").GetProperty("model").GetProperty("name").GetString());
        Assert.Equal(ScoreOf(expected), ScoreOf(scored));
    }

    [Fact]
    public async Task Without_the_server_in_the_spec_or_without_the_version_nobody_is_asked_any_more()
    {
        await using ForeignServer server = await StartServerAsync(TrainedModels.Named("fraud", "1.0.0"));
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, AllowLoopback);
        RemoteScorers remotes = host.Services.GetRequiredService<RemoteScorers>();
        ModelVersionDoor versions = new(host);
        string digest = TrainedModels.Named("fraud", "1.0.0").Digest;

        await ApplyAsync(host, Server(server));
        Assert.Equal([server.GrpcAddress.ToString()], remotes.AddressesOf("default", digest));
        await versions.ApplyAsync("fraud", "1.0.0", digest);
        Assert.Empty(remotes.AddressesOf("default", digest));
        await ApplyAsync(host, Server(server));
        Assert.Equal(204, (await versions.Door.DeleteAsync(PathOf("fraud", "1.0.0"))).Status);
        await Door.UntilAsync(() => Task.FromResult(remotes.AddressesOf("default", digest)), addresses => addresses.Count == 0);
    }

    [Fact]
    public async Task A_server_at_a_private_address_is_not_asked_unless_it_is_allowed()
    {
        await using ForeignServer server = await StartServerAsync(TrainedModels.Named("fraud", "1.0.0"));
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        JsonElement status = await ApplyAsync(host, Server(server));

        await TransactionAsync(host);

        Assert.Empty(server.Shown);
        Assert.Equal("True InMemory", Of(status, "Loaded"));
        Assert.Equal(
            $"It is in memory and scored here, because {server.GrpcAddress.GetLeftPart(UriPartial.Authority)} is no public address: add its range to Models:AllowedCidrs, or set Models:AllowPrivateAddresses.",
            MessageOf(status, "Loaded"));
    }

    [Fact]
    public async Task A_name_that_comes_to_stand_for_a_private_address_is_not_connected_to()
    {
        using PodPool pool = new(new RemoteEndpoints(["http://127.0.0.1:1"]) { Allow = _ => false }, new RemoteOptions(), TimeProvider.System);

        Assert.Null(await pool.PickAsync([]));
    }

    [Fact]
    public async Task It_is_never_shown_the_key_of_our_pods()
    {
        using FinObs.Testing.TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("key"), OurKey, TestContext.Current.CancellationToken);
        await using ForeignServer server = await StartServerAsync(TrainedModels.Named("fraud", "1.0.0"));
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. AllowLoopback, "--Models:Remote:ApiKeyFile", folder.Combine("key")]);
        JsonObject external = Server(server);
        external.Remove("bearerSecretRef");
        await ApplyAsync(host, external);

        await TransactionAsync(host);

        Assert.Equal("", Assert.Single(server.Shown.Distinct()));
    }

    [Theory]
    [InlineData("a token\nof two lines")]
    [InlineData("")]
    [InlineData("pässword")]
    public async Task A_secret_that_is_no_token_is_said_so_without_its_value(string value)
    {
        await using ForeignServer server = await StartServerAsync(TrainedModels.Named("fraud", "1.0.0"));
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, AllowLoopback);

        string message = MessageOf(await ApplyAsync(host, Server(server), value), "Loaded");

        Assert.Contains("needs the key token of the Secret theirs, and its value is no token", message, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || !message.Contains(value, StringComparison.Ordinal));
    }

    /// <summary>It computes what the artifact would, as a server that runs the artifact's ONNX file does.</summary>
    private static Task<ForeignServer> StartServerAsync(ModelArtifact artifact)
    {
        IScoringModel model = artifact.Open();
        return ForeignServer.StartAsync(new PlayedModel("card_fraud", "3", "x", "y", 1, (data, rows) =>
        {
            double[] margins = new double[rows], scores = new double[rows];
            model.Score(data, margins, scores);
            return [.. margins.Select(margin => (float)margin)];
        }));
    }

    private static JsonObject Server(ForeignServer server, string protocol = "Grpc") => new()
    {
        ["url"] = (protocol == "Rest" ? server.RestAddress : server.GrpcAddress).ToString(),
        ["protocol"] = protocol,
        ["modelName"] = "card_fraud",
        ["modelVersion"] = "3",
        ["input"] = "x",
        ["output"] = "y",
        ["timeout"] = "20s",
        ["bearerSecretRef"] = new JsonObject { ["name"] = "theirs", ["key"] = "token" },
    };

    private static async Task<JsonElement> ApplyAsync(TestDataPlane host, JsonObject external, string token = Token)
    {
        ModelVersionDoor versions = new(host);
        string digest = (await versions.UploadAsync("fraud", "1.0.0")).Digest;
        JsonObject secrets = new() { ["theirs"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["token"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) } } };
        return await versions.ApplyAsync(
            "fraud", "1.0.0", digest, change: spec => spec["serving"] = new JsonObject { ["external"] = external.DeepClone() }, secrets: external.ContainsKey("bearerSecretRef") ? secrets : null);
    }

    private static double ScoreOf(JsonElement transaction) => transaction.GetProperty("decision").GetProperty("anomaly_score").GetDouble();

    private static async Task<JsonElement> TransactionAsync(TestDataPlane host)
    {
        await host.PostAsync("""{"transaction_id":"t-1","amount":250000,"type":"wire","account":"a-1","counterparty":"c-9","timestamp":"2026-02-03T04:05:06Z"}""");
        return await host.GetAsync("/v1/transactions/t-1");
    }
}
