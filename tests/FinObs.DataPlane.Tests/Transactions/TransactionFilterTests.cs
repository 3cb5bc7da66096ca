using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>The filters of <c>GET /v1/transactions</c> and <c>GET /webhooks/results</c>.</summary>
public class TransactionFilterTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Each_filter_leaves_what_it_names(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await host.PostAsync(
            """[{"transaction_id":"small","amount":30,"type":"card","account":"a-1","timestamp":"2026-02-03T14:05:06Z"},{"transaction_id":"large","amount":900000,"type":"wire","account":"a-2","timestamp":"2026-02-03T14:05:07Z"}]""");
        await host.PostAsync("""{"transaction_id":"later","amount":31,"type":"card","account":"a-1","timestamp":"2026-02-03T15:05:06Z"}""");
        JsonElement[] all = await ItemsAsync(host, "");
        string firstReceived = Uri.EscapeDataString(all[^1].GetProperty("received_at").GetString()!);

        Assert.Equal(["later", "large", "small"], Ids(all));
        Assert.Equal(["later", "small"], Ids(await ItemsAsync(host, "?account=a-1")));
        Assert.Equal(["large"], Ids(await ItemsAsync(host, "?type=wire_transfer")));
        Assert.Equal(["large"], Ids(await ItemsAsync(host, "?decision=block")));
        Assert.Equal(["later", "small"], Ids(await ItemsAsync(host, "?decision=approve")));
        Assert.Equal(["large"], Ids(await ItemsAsync(host, "?min_score=0.999")));
        Assert.Equal(["small"], Ids(await ItemsAsync(host, "?account=a-1&limit=1&cursor=" + all[1].GetProperty("id").GetGuid().ToString("N"))));
        Assert.Equal(3, (await ItemsAsync(host, "?source=webhook")).Length);
        Assert.Empty(await ItemsAsync(host, "?source=other"));
        Assert.Empty(await ItemsAsync(host, "?namespace=other"));
        Assert.Empty(await ItemsAsync(host, "?to=2020-01-01T00:00:00Z"));
        Assert.Equal(3, (await ItemsAsync(host, $"?from={firstReceived}&to=2999-01-01T00:00:00Z")).Length);

        JsonElement flagged = await host.GetAsync("/webhooks/results?flagged_only=true");
        Assert.Equal(["large"], Ids([.. flagged.GetProperty("results").EnumerateArray()]));
        Assert.Equal(1, flagged.GetProperty("count").GetInt32());
    }

    private static async Task<JsonElement[]> ItemsAsync(TestDataPlane host, string query) =>
        [.. (await host.GetAsync("/v1/transactions" + query)).GetProperty("items").EnumerateArray()];

    private static string[] Ids(JsonElement[] items) => [.. items.Select(item => item.GetProperty("transaction_id").GetString()!)];
}
