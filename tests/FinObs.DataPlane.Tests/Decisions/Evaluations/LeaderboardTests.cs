using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Decisions.Evaluations;

/// <summary>Versions ranked by what they decided themselves.</summary>
public sealed class LeaderboardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LeaderboardTests() => File.WriteAllText(_folder.Combine("rules.yaml"), """
        rules:
          - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: 5000}
        """);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_figures_of_a_version_are_those_worked_by_hand_and_what_nobody_labelled_is_not_counted(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Rules:Path", _folder.FullPath);

        // Blocked by the rule: 2 frauds and 2 legitimate. Let go: 1 fraud, 3 legitimate, 1 that nobody labelled. So TP 2, FP 2, FN 1, TN 3.
        (int, string?)[] told = [(6_000, "fraud"), (7_000, "fraud"), (8_000, "legitimate"), (9_000, "legitimate"), (10, "fraud"), (11, "legitimate"), (12, "legitimate"), (13, "legitimate"), (14, null)];
        foreach ((int amount, string? actual) in told)
        {
            string id = (await host.PostAsync(JsonSerializer.Serialize(new { transaction_id = $"l-{amount}", amount, type = "card", account = $"a-{amount}" }))).GetProperty("results")[0].GetProperty("id").GetString()!;
            if (actual is not null)
            {
                using HttpResponseMessage labelled = await host.Client.PostAsJsonAsync($"/v1/decisions/{id}/feedback", new { actual }, Stop);
                Assert.Equal(HttpStatusCode.Created, labelled.StatusCode);
            }
        }

        JsonElement board = await host.GetAsync("/v1/evaluations/leaderboard?days=1");

        JsonElement entry = Assert.Single(board.GetProperty("leaderboard").EnumerateArray());
        Assert.Equal(("own_decisions", 1, 1, 8L), (board.GetProperty("basis").GetString(), board.GetProperty("total_versions").GetInt32(), entry.GetProperty("rank").GetInt32(), entry.GetProperty("n_predictions").GetInt64()));
        Assert.Equal([2 / 4.0, 2 / 3.0, 4 / 7.0, 5 / 8.0], ((string[])["precision", "recall", "f1", "accuracy"]).Select(name => entry.GetProperty(name).GetDouble()));
        Assert.Equal(0, (await host.GetAsync("/v1/evaluations/leaderboard?namespace=other")).GetProperty("total_versions").GetInt32());
        using HttpResponseMessage refused = await host.Client.GetAsync(new Uri("/v1/evaluations/leaderboard?days=0", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }
}
