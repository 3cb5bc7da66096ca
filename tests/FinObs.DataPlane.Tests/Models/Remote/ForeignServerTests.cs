using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Scorer;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Models.Remote;

/// <summary>A model that FinObs did not make, on a server that FinObs does not run.</summary>
[Collection("remote metrics")]
public sealed class ForeignServerTests
{
    [Theory]
    [InlineData("Grpc")]
    [InlineData("Rest")]
    public async Task Its_column_is_the_score_its_thresholds_decide_and_the_missing_explanation_is_said(string protocol)
    {
        await using ForeignServer server = await ForeignServer.StartAsync();
        await using TestDataPlane host = await StartAsync(protocol == "Rest" ? server.RestAddress : server.GrpcAddress, "--Models:Remote:Protocol", protocol);

        JsonElement result = (await PostAsync(host, "f-1")).GetProperty("results")[0];
        JsonElement detail = await host.GetAsync("/v1/transactions/f-1");

        double first = detail.GetProperty("features").EnumerateObject().First().Value.GetDouble();
        Assert.Equal("fraud-xgb@7.0.0", result.GetProperty("model_version").GetString());
        Assert.Equal(10 * first, result.GetProperty("anomaly_score").GetDouble(), 1e-5 * Math.Abs(10 * first));
        Assert.Equal("manual_review", result.GetProperty("decision").GetString());
        Assert.Equal("ScoreAboveThreshold", detail.GetProperty("decision").GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal("unavailable", detail.GetProperty("explanation").GetProperty("method").GetString());
    }

    [Fact]
    public async Task An_approval_is_shown_without_an_explanation_and_explaining_says_that_there_is_none()
    {
        await using ForeignServer server = await ForeignServer.StartAsync();
        await using TestDataPlane host = await StartAsync(server.GrpcAddress, "--Models:Remote:Foreign:ReviewAt", "1e8");

        await PostAsync(host, "f-1");
        JsonElement detail = await host.GetAsync("/v1/transactions/f-1");
        using StringContent body = new("""{"transaction_id":"x","amount":5}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/agent/compliance/explain", UriKind.Relative), body, TestContext.Current.CancellationToken);

        Assert.Equal("approve", detail.GetProperty("decision").GetProperty("decision").GetString());
        Assert.Equal("unavailable", detail.GetProperty("explanation").GetProperty("method").GetString());
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains("no SHAP values", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_it_is_away_the_last_good_version_decides()
    {
        await using TestDataPlane here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ForeignServer server = await ForeignServer.StartAsync();
        await using TestDataPlane host = await StartAsync(server.GrpcAddress);
        await server.DisposeAsync();

        JsonElement expected = (await PostAsync(here, "f-1")).GetProperty("results")[0], actual = (await PostAsync(host, "f-1")).GetProperty("results")[0];

        Assert.Equal(expected.GetProperty("model_version").GetString(), actual.GetProperty("model_version").GetString());
        Assert.Equal(expected.GetProperty("anomaly_score").GetDouble(), actual.GetProperty("anomaly_score").GetDouble());
        Assert.Equal(expected.GetProperty("risk_factors").GetRawText(), actual.GetProperty("risk_factors").GetRawText());
    }

    [Fact]
    public async Task When_it_is_away_and_nothing_stands_behind_it_people_decide()
    {
        ForeignServer server = await ForeignServer.StartAsync();
        await using TestDataPlane host = await TestDataPlane.StartAsync(
            DatabaseKind.Sqlite, [.. Settings(server.GrpcAddress), "--Models:BuiltIn", "false", "--Models:Remote:Foreign:FeaturesOf", TestDataPlane.ModelFolder]);
        Assert.Equal("fraud-xgb@7.0.0", (await PostAsync(host, "f-1")).GetProperty("results")[0].GetProperty("model_version").GetString());
        await server.DisposeAsync();

        JsonElement result = (await PostAsync(host, "f-2")).GetProperty("results")[0];

        Assert.Equal("manual_review", result.GetProperty("decision").GetString());
        Assert.Equal("unavailable", result.GetProperty("model_version").GetString());
    }

    [Fact]
    public async Task A_scorer_named_as_a_foreign_server_explains_when_it_is_asked_a_second_time()
    {
        await using TestScorer scorer = await TestScorer.StartReadyAsync();
        await using TestDataPlane here = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using TestDataPlane there = await TestDataPlane.StartAsync(
            DatabaseKind.Sqlite, "--Models:Artifact", TestDataPlane.ModelFolder, "--Models:Remote:Endpoints:0", scorer.GrpcAddress.ToString(),
            "--Models:Remote:Foreign:Model", TestScorer.Model.Manifest.Model, "--Models:Remote:Foreign:Output", "margin", "--Models:Remote:Foreign:ReviewAt", "0",
            "--Models:Remote:Foreign:BlockAt", "1e9", "--Models:Remote:Foreign:Explains", "true", "--Models:Remote:TimeoutMilliseconds", "20000",
            "--Models:Remote:TryTimeoutMilliseconds", "10000");
        await PostAsync(here, "f-1");
        await PostAsync(there, "f-1");

        JsonElement expected = (await here.GetAsync("/v1/transactions/f-1")).GetProperty("explanation"), actual = (await there.GetAsync("/v1/transactions/f-1")).GetProperty("explanation");

        Assert.Equal("tree_shap_exact", actual.GetProperty("method").GetString());
        Assert.Equal(Contributions(expected), Contributions(actual));

        static IEnumerable<double> Contributions(JsonElement explanation) =>
            explanation.GetProperty("contributions").EnumerateArray().Select(one => one.GetProperty("contribution").GetDouble());
    }

    [Fact]
    public async Task Named_without_thresholds_it_stops_the_start_with_what_is_missing()
    {
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestDataPlane.StartAsync(
            DatabaseKind.Sqlite, "--Models:Artifact", TestDataPlane.ModelFolder, "--Models:Remote:Endpoints:0", "http://127.0.0.1:1", "--Models:Remote:Foreign:Model", "x"));

        Assert.Contains("ReviewAt", refusal.Message);
    }

    private static Task<TestDataPlane> StartAsync(Uri server, params string[] more) => TestDataPlane.StartAsync(
        DatabaseKind.Sqlite, ["--Models:Artifact", TestDataPlane.ModelFolder, .. Settings(server), .. more]);

    private static string[] Settings(Uri server) =>
    [
        "--Models:Remote:Endpoints:0", server.ToString(), "--Models:Remote:Foreign:Name", "fraud-xgb", "--Models:Remote:Foreign:Version", "7.0.0",
        "--Models:Remote:Foreign:Model", "fraud_xgb", "--Models:Remote:Foreign:ServerVersion", "7", "--Models:Remote:Foreign:Input", "x",
        "--Models:Remote:Foreign:Output", "probabilities", "--Models:Remote:Foreign:Column", "1", "--Models:Remote:Foreign:ReviewAt", "1",
        "--Models:Remote:Foreign:BlockAt", "1e9", "--Models:Remote:TimeoutMilliseconds", "20000", "--Models:Remote:TryTimeoutMilliseconds", "10000",
    ];

    private static Task<JsonElement> PostAsync(TestDataPlane host, string id) => host.PostAsync(
        $$"""{"transaction_id":"{{id}}","amount":250000,"type":"wire","account":"a-1","counterparty":"c-9","timestamp":"2026-02-03T04:05:06Z"}""");
}
