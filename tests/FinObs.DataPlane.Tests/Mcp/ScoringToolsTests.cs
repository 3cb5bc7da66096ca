using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>The five tools that score, beside the endpoints that do the same.</summary>
public sealed class ScoringToolsTests
{
    private static readonly string[] SeedFields =
        ["transaction_id", "decision", "confidence", "reasoning", "anomaly_score", "risk_level", "risk_factors", "model_version", "features", "regulation"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_check_says_what_the_monitor_then_decides_and_stores_nothing(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        await host.PostAsync(Json(History("acc-1", 40)));
        int stored = 40;
        foreach ((int amount, string type) in new[] { (12, "card"), (4_000, "ach"), (950_000, "wire_transfer") })
        {
            object transaction = new { amount, transaction_type = type, account = "acc-1", counterparty = "cp-9", timestamp = "2026-02-01T03:00:00Z", transaction_id = $"asked-{amount}" };
            JsonElement check = await client.AnswerAsync("check_transaction_compliance", transaction);
            Assert.Equal(stored, await CountAsync(host));
            JsonElement decided = await MonitorAsync(host, transaction);
            stored++;

            Assert.All(SeedFields, field => Assert.True(check.TryGetProperty(field, out _), field));
            Assert.Equal(decided.GetProperty("action").GetString(), check.GetProperty("decision").GetString());
            Assert.Equal(decided.GetProperty("anomaly_score").GetDouble(), check.GetProperty("anomaly_score").GetDouble());
            Assert.Equal(decided.GetProperty("confidence").GetInt32(), check.GetProperty("confidence").GetInt32());
            Assert.Equal(decided.GetProperty("reasoning").GetString(), check.GetProperty("reasoning").GetString());
        }
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_batch_is_judged_as_it_is_decided_when_it_is_sent_and_sending_it_twice_stores_it_once(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Pipeline:ChunkItems", "100");
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        Dictionary<string, object>[] transactions = [.. History("acc-1", 120), .. History("acc-2", 120), .. Large("acc-1", 10)];
        ConcurrentQueue<ProgressNotificationValue> told = [];

        JsonElement asked = await client.AnswerAsync("batch_check_compliance", new { transactions, max_results = 1_000 }, new Progress(told.Enqueue));
        JsonElement sent = await client.AnswerAsync("ingest_transactions", new { transactions, max_results = 1_000 });
        JsonElement again = await client.AnswerAsync("ingest_transactions", new { transactions });

        Assert.Equal(250, asked.GetProperty("processed").GetInt32());
        Assert.True(asked.GetProperty("flagged").GetInt32() > 0);
        Assert.Equal(asked.GetProperty("flagged").GetInt32(), sent.GetProperty("flagged").GetInt32());
        Assert.Equal(Decisions(asked), Decisions(sent));
        Assert.Equal(250, again.GetProperty("replayed").GetInt32());
        Assert.Equal(100, again.GetProperty("results").GetArrayLength());
        Assert.Equal(150, again.GetProperty("results_omitted").GetInt32());
        Assert.Equal(250, await CountAsync(host));
        await Door.UntilAsync(() => Task.FromResult(told.Count), count => count == 3);
        Assert.Equal([100, 200, 250], told.Select(one => (int)one.Progress).Order()); // the client hands on what came in an order of its own
        await Door.UntilAsync(() => client.AnswerAsync("get_compliance_metrics", new { hours = 1 }), metrics => metrics.GetProperty("total_transactions").GetInt32() == 250);
        JsonElement figures = await client.AnswerAsync("get_compliance_metrics");
        Assert.Equal(sent.GetProperty("flagged").GetInt32(), figures.GetProperty("blocked").GetInt32() + figures.GetProperty("manual_review").GetInt32());
        Assert.Equal(250, figures.GetProperty("sample_count").GetInt32());
    }

    [Fact]
    public async Task A_bad_item_gets_its_own_error_and_spoils_no_other()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();

        JsonElement answer = await client.AnswerAsync("ingest_transactions", new { transactions = new object[] { new { amount = 5, transaction_id = "good" }, new { amount = -1, transaction_id = "bad" }, new { amount = 5, ammount = 6 }, 7 } });

        JsonElement[] results = [.. answer.GetProperty("results").EnumerateArray()];
        Assert.Equal((1, 3), (answer.GetProperty("ingested").GetInt32(), answer.GetProperty("rejected").GetInt32()));
        Assert.Equal("approve", results[0].GetProperty("decision").GetString());
        Assert.Equal(["amount_not_positive", "unknown_field", "not_an_object"], results[1..].Select(one => one.GetProperty("code").GetString()));
        Assert.Equal([0, 1, 2, 3], results.Select(one => one.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task A_call_that_its_caller_gives_up_ends_between_two_chunks_and_is_recorded_as_cancelled()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Pipeline:ChunkItems", "10");
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        using CancellationTokenSource givingUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Dictionary<string, object?>? arguments = McpCalls.Members(new { transactions = History("acc-1", 10_000) });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.CallToolAsync("ingest_transactions", arguments, new Progress(_ => givingUp.Cancel()), cancellationToken: givingUp.Token));

        JsonElement stats = await Door.UntilAsync(() => host.GetAsync("/mcp/stats"), one => one.GetProperty("total_calls").GetInt32() == 1);
        Assert.Equal("cancelled", stats.GetProperty("recent")[0].GetProperty("error").GetString());
        Assert.InRange(await CountAsync(host), 10, 499);
    }

    [Fact]
    public async Task An_explanation_adds_up_and_is_the_endpoints()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        object transaction = new { amount = 950_000, transaction_type = "wire_transfer", timestamp = "2026-02-01T03:00:00Z" };

        JsonElement explained = await client.AnswerAsync("explain_transaction", transaction);
        using HttpResponseMessage asked = await host.Client.PostAsJsonAsync("/agent/compliance/explain", transaction, Stop);
        JsonElement rest = JsonElement.Parse(await asked.Content.ReadAsStringAsync(Stop));

        JsonElement sum = explained.GetProperty("explanation");
        double parts = explained.GetProperty("feature_details").EnumerateArray().Sum(feature => feature.GetProperty("shap_value").GetDouble());
        Assert.Equal(sum.GetProperty("model_output").GetDouble(), sum.GetProperty("base_value").GetDouble() + parts, 1e-9);
        Assert.Equal(rest.GetProperty("anomaly_score").GetDouble(), explained.GetProperty("anomaly_score").GetDouble());
        Assert.True(JsonElement.DeepEquals(rest.GetProperty("features"), explained.GetProperty("feature_details")));
    }

    [Fact]
    public async Task A_portfolio_is_the_sum_of_its_checks()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        Dictionary<string, object>[] transactions = [.. History("acc-1", 30), .. Large("acc-1", 12)];

        JsonElement portfolio = await client.AnswerAsync("analyze_portfolio", new { transactions });
        JsonElement batch = await client.AnswerAsync("batch_check_compliance", new { transactions });

        int flagged = batch.GetProperty("flagged").GetInt32();
        JsonElement byRisk = portfolio.GetProperty("risk_distribution");
        Assert.Equal((42, flagged), (portfolio.GetProperty("total_transactions").GetInt32(), portfolio.GetProperty("flagged_count").GetInt32()));
        Assert.Equal(flagged, byRisk.GetProperty("high").GetInt32() + byRisk.GetProperty("medium").GetInt32());
        Assert.Equal(batch.GetProperty("total_amount").GetDecimal(), portfolio.GetProperty("total_amount").GetDecimal());
        Assert.Equal(Math.Min(10, flagged), portfolio.GetProperty("top_flagged").GetArrayLength());
        Assert.Equal(42, portfolio.GetProperty("type_breakdown").EnumerateObject().Sum(type => type.Value.GetProperty("count").GetInt32()));
        JsonElement account = portfolio.GetProperty("concentration_warnings").EnumerateArray().Single(one => one.GetProperty("dimension").GetString() == "account");
        Assert.StartsWith("tok_", account.GetProperty("account").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, account.GetProperty("share").GetDouble());
    }

    [Fact]
    public async Task The_nearest_other_amount_is_decided_otherwise_and_a_cent_before_it_is_not()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        JsonElement found = await client.AnswerAsync("what_if", new { amount = 100, transaction_type = "ach", timestamp = "2026-02-02T10:00:00Z" });

        string now = found.GetProperty("decision").GetString()!;
        JsonElement up = found.GetProperty("up");
        decimal other = up.GetProperty("amount").GetDecimal();
        Assert.NotEqual(now, up.GetProperty("decision").GetString());
        Assert.Equal(up.GetProperty("decision").GetString(), await DecisionAsync(other));
        Assert.Equal(now, await DecisionAsync(other - 0.01m));
        Assert.Equal(other - 100, found.GetProperty("smallest").GetProperty("change").GetDecimal());

        async Task<string?> DecisionAsync(decimal amount) =>
            (await client.AnswerAsync("check_transaction_compliance", new { amount, transaction_type = "ach", timestamp = "2026-02-02T10:00:00Z" })).GetProperty("decision").GetString();
    }

    private static string[] Decisions(JsonElement answer) =>
    [
        .. answer.GetProperty("results").EnumerateArray().Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.GetProperty("index").GetInt32()} {one.GetProperty("transaction_id").GetString()} {one.GetProperty("decision").GetString()} {one.GetProperty("anomaly_score").GetDouble():R} {one.GetProperty("model_version").GetString()}")),
    ];

    /// <summary>Ordinary payments, an hour apart.</summary>
    private static Dictionary<string, object>[] History(string account, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Dictionary<string, object>
        {
            ["transaction_id"] = $"{account}-{i}", ["amount"] = 20 + (i % 7), ["transaction_type"] = "card", ["account"] = account, ["counterparty"] = $"shop-{i % 3}",
            ["timestamp"] = new DateTimeOffset(2026, 1, 20, 8, 0, 0, TimeSpan.Zero).AddHours(i).ToString("O", CultureInfo.InvariantCulture),
        }),
    ];

    private static Dictionary<string, object>[] Large(string account, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Dictionary<string, object>
        {
            ["transaction_id"] = $"{account}-large-{i}", ["amount"] = 900_000 + i, ["transaction_type"] = "wire_transfer", ["account"] = account, ["counterparty"] = $"new-{i}",
            ["timestamp"] = new DateTimeOffset(2026, 1, 30, 3, 0, 0, TimeSpan.Zero).AddMinutes(i).ToString("O", CultureInfo.InvariantCulture),
        }),
    ];

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private static async Task<int> CountAsync(TestDataPlane host) => (await host.GetAsync("/v1/transactions?limit=500")).GetProperty("items").GetArrayLength();

    private static async Task<JsonElement> MonitorAsync(TestDataPlane host, object transaction)
    {
        using HttpResponseMessage response = await host.Client.PostAsJsonAsync("/agent/compliance/monitor", transaction, Stop);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>At once and in order, unlike the framework's.</summary>
    private sealed class Progress(Action<ProgressNotificationValue> told) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => told(value);
    }
}
