using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Replay;

/// <summary>Over HTTP.</summary>
public sealed class ReplayApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task The_answer_has_both_scores_both_engines_and_what_they_come_to(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        string id = await SendAsync(host);

        JsonElement answer = JsonElement.Parse(await TextAsync(await host.Client.PostAsync(new Uri($"/v1/decisions/{id}/replay", UriKind.Relative), null, Stop), HttpStatusCode.OK));

        JsonElement stored = (await host.GetAsync($"/v1/transactions/{id}")).GetProperty("decision");
        Assert.Equal(stored.GetProperty("anomaly_score").GetDouble(), answer.GetProperty("score").GetDouble());
        Assert.Equal(stored.GetProperty("margin").GetDouble(), answer.GetProperty("margin").GetDouble());
        Assert.Equal(answer.GetProperty("stored_engine_fingerprint").GetString(), answer.GetProperty("engine_fingerprint").GetString());
        Assert.All((string[])["same_engine", "bit_equal", "within_tolerance", "holds"], name => Assert.True(answer.GetProperty(name).GetBoolean(), name));
        Assert.Equal(2e-6, answer.GetProperty("tolerance").GetDouble());
        Assert.Equal(answer.GetProperty("stored_decision_by_model").GetString(), answer.GetProperty("decision_by_model").GetString());
        Assert.Empty((await host.GetAsync("/v1/replay-checks")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_no_model_scored_conflicts()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        string id = await SendAsync(host);

        await TextAsync(await host.Client.PostAsync(new Uri($"/v1/decisions/{Guid.Empty}/replay", UriKind.Relative), null, Stop), HttpStatusCode.NotFound);
        Assert.Contains("No model scored it", await TextAsync(await host.Client.PostAsync(new Uri($"/v1/decisions/{id}/replay", UriKind.Relative), null, Stop), HttpStatusCode.Conflict), StringComparison.Ordinal);
        await TextAsync(await host.Client.GetAsync(new Uri("/v1/replay-checks?limit=0", UriKind.Relative), Stop), HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_backtest_is_answered_kept_and_listed(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await SendAsync(host);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => host.PostAsync($$"""{"transaction_id":"b-{{i}}","amount":{{10 + i}},"type":"card","account":"a"}""")));

        // Everything is reviewed from 0 on, nothing is blocked below 2. Windows are of milliseconds and end before now.
        JsonElement found;
        do
        {
            found = await BacktestAsync(host, new { model = "finobs-built-in", review_at = 0.0, block_at = 2.0 });
        }
        while (found.GetProperty("report").GetProperty("decisions").GetInt64() < 6);

        JsonElement after = found.GetProperty("report").GetProperty("after");
        Assert.Equal((6, 1.0), (after.GetProperty("decisions").GetProperty("manual_review").GetInt32(), after.GetProperty("alert_share").GetDouble()));
        Assert.Equal(9800 + 10 + 11 + 12 + 13 + 14, after.GetProperty("amount_flagged").GetDouble());
        JsonElement kept = await host.GetAsync($"/v1/backtests/{found.GetProperty("id").GetString()}");
        Assert.Equal(found.GetRawText(), kept.GetRawText());
        Assert.Equal(found.GetRawText(), (await host.GetAsync("/v1/backtests?limit=1")).GetProperty("items")[0].GetRawText());
    }

    [Theory]
    [InlineData("""{"review_at":0.9,"block_at":0.99}""", 422, "model must name")]
    [InlineData("""{"model":"finobs-built-in"}""", 422, "Send version")]
    [InlineData("""{"model":"finobs-built-in","review_at":0.9}""", 422, "go together")]
    [InlineData("""{"model":"finobs-built-in","review_at":0.9,"block_at":0.8}""", 422, "not below")]
    [InlineData("""{"model":"finobs-built-in","version":"1.0.0","from":"2999-01-01T00:00:00Z"}""", 422, "from must be before to")]
    [InlineData("""{"model":"finobs-built-in","version":"1.0.0","from":"2020-01-01T00:00:00Z"}""", 422, "366 days")]
    [InlineData("""{"model":"finobs-built-in","version":"1.0.0","label_maturity_days":-1}""", 422, "label_maturity_days")]
    [InlineData("""{"model":"finobs-built-in","version":"9.9.9"}""", 404, "There is no version finobs-built-in@9.9.9")]
    public async Task What_cannot_be_backtested_is_refused_and_says_why(string body, int status, string why)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");

        Assert.Contains(why, await TextAsync(await host.Client.PostAsync(new Uri("/v1/backtests", UriKind.Relative), content, Stop), (HttpStatusCode)status), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> BacktestAsync(TestDataPlane host, object body) =>
        JsonElement.Parse(await TextAsync(await host.Client.PostAsJsonAsync("/v1/backtests", body, Stop), HttpStatusCode.Created));

    private static async Task<string> SendAsync(TestDataPlane host) =>
        (await host.PostAsync("""{"transaction_id":"r-1","amount":9800,"type":"wire","account":"acc-1"}""")).GetProperty("results")[0].GetProperty("id").GetString()!;

    private static async Task<string> TextAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        using (answer)
        {
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
            return text;
        }
    }
}
