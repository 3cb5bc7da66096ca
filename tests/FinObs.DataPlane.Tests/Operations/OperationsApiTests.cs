using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Operations;

/// <summary>What an operator and a newcomer ask first.</summary>
public class OperationsApiTests
{
    [Fact]
    public async Task Health_says_live_and_ready_and_which_model_decides()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using TestDataPlane without = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        Assert.Equal("""{"status":"live"}""", (await host.GetAsync("/health/live")).GetRawText());
        Assert.Equal("""{"status":"ready","model":"finobs-built-in@1.0.0"}""", (await host.GetAsync("/health/ready")).GetRawText());
        Assert.Equal("""{"status":"ready","model":"unavailable"}""", (await without.GetAsync("/health/ready")).GetRawText());
    }

    [Fact]
    public async Task The_document_names_every_path_and_the_page_that_shows_it_asks_no_other_host()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        JsonElement paths = (await host.GetAsync("/openapi.json")).GetProperty("paths");
        string page = await host.Client.GetStringAsync(new Uri("/docs/", UriKind.Relative), TestContext.Current.CancellationToken);
        using HttpResponseMessage script = await host.Client.GetAsync(new Uri("/docs/scalar.js", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.All(
            (string[])["/webhooks/transactions", "/webhooks/results", "/webhooks/stream", "/agent/compliance/monitor", "/agent/compliance/explain", "/v1/transactions", "/v1/transactions/{id}"],
            path => Assert.True(paths.TryGetProperty(path, out _), path));
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }
}
