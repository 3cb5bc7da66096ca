using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>One transaction, end to end, on both databases.</summary>
public class OneTransactionTests
{
    private const string Wire = """{"transaction_id":"t-1","amount":250000,"type":"wire","account":"a-1","counterparty":"c-9","timestamp":"2026-02-03T04:05:06Z"}""";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_transaction_is_answered_with_its_decision_and_the_reasons(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);

        JsonElement answer = await host.PostAsync(Wire);

        Assert.Equal(1, answer.GetProperty("ingested").GetInt32());
        JsonElement result = answer.GetProperty("results")[0];
        Assert.Equal("t-1", result.GetProperty("transaction_id").GetString());
        Assert.Equal("block", result.GetProperty("decision").GetString());
        Assert.Contains("250,000.00 USD", result.GetProperty("risk_factors")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(32, result.GetProperty("trace_id").GetString()!.Length);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_same_body_is_answered_the_same_and_another_body_is_a_conflict(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        string first = (await host.PostAsync(Wire)).GetRawText();

        Assert.Equal(first, (await host.PostAsync(Wire)).GetRawText());

        using HttpResponseMessage other = await host.SendAsync(Wire.Replace("250000", "250001", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        JsonElement detail = await host.GetAsync("/v1/transactions/t-1");
        Assert.Equal(250000m, detail.GetProperty("amount").GetDecimal());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Its_detail_adds_up_and_names_model_trace_and_leaf(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        JsonElement result = (await host.PostAsync(Wire)).GetProperty("results")[0];

        JsonElement detail = await host.GetAsync($"/v1/transactions/{result.GetProperty("id").GetString()}");

        JsonElement explanation = detail.GetProperty("explanation");
        double sum = explanation.GetProperty("base").GetDouble() + explanation.GetProperty("contributions").EnumerateArray().Sum(item => item.GetProperty("contribution").GetDouble());
        Assert.Equal(detail.GetProperty("decision").GetProperty("margin").GetDouble(), sum, 1e-9 * Math.Max(1, Math.Abs(sum)));
        Assert.StartsWith("sha256:", detail.GetProperty("decision").GetProperty("model").GetProperty("digest").GetString(), StringComparison.Ordinal);
        Assert.Equal(result.GetProperty("trace_id").GetString(), detail.GetProperty("trace_id").GetString());
        Assert.NotEqual(Guid.Empty, detail.GetProperty("audit").GetProperty("leaf_id").GetGuid());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task An_approval_is_explained_on_demand_from_the_vector_that_was_scored(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        JsonElement result = (await host.PostAsync("""{"transaction_id":"small","amount":31.5,"type":"card","account":"a-1","timestamp":"2026-02-03T14:05:06Z"}""")).GetProperty("results")[0];
        Assert.Equal("approve", result.GetProperty("decision").GetString());

        JsonElement detail = await host.GetAsync("/v1/transactions/small");

        Assert.Equal("tree_shap_exact", detail.GetProperty("explanation").GetProperty("method").GetString());
        Assert.Equal(result.GetProperty("anomaly_score").GetDouble(), detail.GetProperty("explanation").GetProperty("score").GetDouble());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Lists_go_newest_first_page_after_page(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        string batch = JsonSerializer.Serialize(Enumerable.Range(0, 25).Select(i => new { transaction_id = $"p-{i}", amount = 10 + i, type = "card", account = $"a-{i % 3}" }));
        await host.PostAsync(batch);

        List<string> seen = [];
        string? cursor = null;
        do
        {
            JsonElement page = await host.GetAsync($"/v1/transactions?limit=10{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("transaction_id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"p-{i}"), seen);
        JsonElement ofAccount = await host.GetAsync("/v1/transactions?account=a-1&limit=100");
        Assert.All(ofAccount.GetProperty("items").EnumerateArray(), item => Assert.Equal("a-1", item.GetProperty("account").GetString()));
        Assert.Equal(8, ofAccount.GetProperty("items").GetArrayLength());
    }
}
