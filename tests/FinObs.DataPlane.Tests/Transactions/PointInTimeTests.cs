using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>However a stream is cut into requests, every transaction sees the same past.</summary>
public class PointInTimeTests
{
    private const int Count = 300;

    [Fact]
    public async Task One_by_one_and_in_batches_of_7_and_1000_the_numbers_are_identical()
    {
        double[][] scores = await Task.WhenAll(ScoresAsync(1), ScoresAsync(7), ScoresAsync(1000));

        Assert.Equal(scores[0], scores[1]);
        Assert.Equal(scores[0], scores[2]);
        Assert.True(scores[0].Distinct().Count() > Count / 2);
    }

    private static async Task<double[]> ScoresAsync(int batch)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        List<double> scores = [];
        foreach (object[] part in Stream().Chunk(batch))
        {
            JsonElement answer = await host.PostAsync(JsonSerializer.Serialize(part));
            scores.AddRange(answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("anomaly_score").GetDouble()));
        }

        return [.. scores];
    }

    private static IEnumerable<object> Stream()
    {
        Random random = new(7);
        DateTimeOffset time = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < Count; i++)
        {
            // Some instants repeat and some go back: late and simultaneous transactions must not depend on the batch either.
            time = time.AddSeconds(random.Next(-600, 4000));
            yield return new
            {
                transaction_id = $"s-{i}",
                amount = Math.Round(Math.Exp(3 + random.NextDouble() * 3), 2),
                type = random.Next(3) == 0 ? "wire" : "card",
                account = $"a-{random.Next(9)}",
                counterparty = random.Next(4) == 0 ? null : $"c-{random.Next(20)}",
                timestamp = time,
            };
        }
    }
}
