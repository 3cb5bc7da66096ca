using System.Text.Json;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>However a stream is cut into requests, every transaction sees the same past.</summary>
public class PointInTimeTests
{
    private const int Count = 1_050;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task One_by_one_and_in_batches_of_7_and_1000_the_numbers_are_identical(DatabaseKind kind)
    {
        string[] single = await NumbersAsync(kind, 1), sevens = await NumbersAsync(kind, 7), thousands = await NumbersAsync(kind, 1_000);

        Assert.Equal(single, sevens);
        Assert.Equal(single, thousands);
        Assert.True(single.Distinct().Count() > Count / 2);
    }

    /// <summary>Score and bits of the feature vector as they were stored, in the order of the stream.</summary>
    private static async Task<string[]> NumbersAsync(DatabaseKind kind, int batch)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        foreach (object[] part in Stream().Chunk(batch))
        {
            await host.PostAsync(JsonSerializer.Serialize(part));
        }

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        var rows = await StoredTransactions.Joined(db)
            .OrderBy(row => row.Transaction.Id)
            .Select(row => new { row.Transaction.TransactionId, row.Decision.Score, row.Decision.Features })
            .ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"s-{i}"), rows.Select(row => row.TransactionId));
        return [.. rows.Select(row => $"{row.Score:R} {Convert.ToHexString(row.Features!)}")];
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
