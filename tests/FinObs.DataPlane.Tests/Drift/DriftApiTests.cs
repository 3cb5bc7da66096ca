using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>Drift asked for by hand, over HTTP.</summary>
public sealed class DriftApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_check_asked_for_is_kept_with_every_figure(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await host.PostAsync(Transactions(0, 80));

        JsonElement asked = await Door.UntilAsync(
            () => AskAsync(host, "/v1/drift/check?minSamples=50&hours=1"), answer => answer.GetProperty("check").GetProperty("judged").GetBoolean());

        JsonElement check = asked.GetProperty("check");
        Assert.Equal(80, check.GetProperty("samples").GetInt64());
        Assert.True(check.GetProperty("breach").GetBoolean());
        Assert.Contains(asked.GetProperty("report").GetProperty("features").EnumerateArray(), feature => feature.GetProperty("name").GetString() == "score");
        JsonElement kept = await host.GetAsync($"/v1/drift/checks/{check.GetProperty("id").GetString()}");
        Assert.Equal(asked.GetRawText(), kept.GetRawText());
        JsonElement page = await host.GetAsync("/v1/drift/checks?limit=1");
        Assert.Equal(check.GetProperty("id").GetString(), page.GetProperty("items")[0].GetProperty("id").GetString());
        JsonElement watched = Assert.Single((await host.GetAsync("/v1/drift")).GetProperty("items").EnumerateArray());
        Assert.Equal("(default)", watched.GetProperty("policy").GetString());
    }

    [Fact]
    public async Task An_exact_check_has_the_figures_of_each_row_and_a_limit_on_them()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Drift:MostExactRows", "100");
        await host.PostAsync(Transactions(0, 90));

        JsonElement report = (await AskAsync(host, "/v1/drift/check?exact=true&minSamples=50&hours=1")).GetProperty("report");
        await host.PostAsync(Transactions(90, 20));
        using HttpResponseMessage refused = await host.Client.PostAsync(new Uri("/v1/drift/check?exact=true&hours=1", UriKind.Relative), null, Stop);

        Assert.Equal(90, report.GetProperty("exact").GetProperty("rows").GetInt32());
        Assert.All(report.GetProperty("exact").GetProperty("features").EnumerateArray(), feature => Assert.Equal(90, feature.GetProperty("rows").GetInt32() + feature.GetProperty("missing").GetInt32()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("more than 100 feature vectors", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_older_paths_answer_with_their_field_names()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await host.PostAsync("""{"transaction_id":"t-1","amount":5,"type":"card","account":"a-1"}""");

        JsonElement check = await AskAsync(host, "/agent/compliance/drift/check");
        JsonElement status = await host.GetAsync("/agent/compliance/drift/status");

        Assert.Equal(("insufficient_data", "none", false), (check.GetProperty("status").GetString(), check.GetProperty("severity").GetString(), check.GetProperty("should_retrain").GetBoolean()));
        Assert.True(status.GetProperty("has_reference").GetBoolean());
        Assert.True(status.GetProperty("reference_samples").GetInt64() > 1000);
        Assert.Equal(1, status.GetProperty("recent_checks").GetArrayLength());
        Assert.Equal(0.2, status.GetProperty("thresholds").GetProperty("psi").GetDouble());
    }

    [Theory]
    [InlineData("/v1/drift/check?hours=0.001", 400, "hours must be from")]
    [InlineData("/v1/drift/check?minSamples=3", 400, "minSamples must be 50 or more")]
    [InlineData("/v1/drift/check?model=none", 404, "none does not decide")]
    public async Task What_cannot_be_checked_says_what_to_do(string path, int status, string words)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);

        using HttpResponseMessage response = await host.Client.PostAsync(new Uri(path, UriKind.Relative), null, Stop);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    private static string Transactions(int from, int count) =>
        $"[{string.Join(',', Enumerable.Range(from, count).Select(i => $$"""{"transaction_id":"t-{{i}}","amount":{{1000 + (i * 37)}},"type":"wire","account":"a-{{i % 5}}"}"""))}]";

    private static async Task<JsonElement> AskAsync(TestDataPlane host, string path)
    {
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri(path, UriKind.Relative), null, Stop);
        string body = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }
}
