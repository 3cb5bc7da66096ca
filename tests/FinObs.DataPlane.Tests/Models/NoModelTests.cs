using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Models;

public class NoModelTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Without_a_model_a_transaction_is_stored_and_goes_to_review(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Models:BuiltIn", "false");

        JsonElement result = (await host.PostAsync("""{"transaction_id":"m-1","amount":1,"type":"card"}""")).GetProperty("results")[0];

        Assert.Equal("manual_review", result.GetProperty("decision").GetString());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("anomaly_score").ValueKind);
        Assert.Equal("unavailable", result.GetProperty("model_version").GetString());
        JsonElement detail = await host.GetAsync("/v1/transactions/m-1");
        Assert.Equal("ModelUnavailable", detail.GetProperty("decision").GetProperty("reasons")[0].GetProperty("code").GetString());
    }
}
