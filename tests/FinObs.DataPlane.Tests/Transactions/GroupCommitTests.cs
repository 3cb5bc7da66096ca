using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>Requests that arrive together share a commit and still have each their own answer.</summary>
public class GroupCommitTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Two_hundred_requests_at_once_are_each_answered_and_stored_once(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);

        // Every transaction is sent twice, at the same time: one of the two stores it, both get its answer.
        JsonElement[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.PostAsync(
            $$"""{"transaction_id":"g-{{i / 2}}","amount":{{10 + (i / 2)}},"type":"card","account":"a-{{i % 5}}","timestamp":"2026-02-03T04:05:06Z"}""".Replace(
                $"a-{i % 5}", $"a-{i / 2 % 5}", StringComparison.Ordinal))));

        Assert.All(answers.Chunk(2), pair => Assert.Equal(
            pair[0].GetProperty("results")[0].GetRawText(), pair[1].GetProperty("results")[0].GetRawText()));
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(100, await db.Transactions.CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(100, await db.Idempotency.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_full_queue_answers_429_with_Retry_After_and_stores_nothing()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Pipeline:QueuedItems", "5");
        string batch = JsonSerializer.Serialize(Enumerable.Range(0, 6).Select(i => new { transaction_id = $"q-{i}", amount = 5 }));

        using HttpResponseMessage response = await host.SendAsync(batch);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(0, (await host.GetAsync("/webhooks/results")).GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Two_hosts_on_one_database_keep_profiles_and_ids_whole()
    {
        await using TestDataPlane first = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql);
        await using TestDataPlane second = await first.StartReplicaAsync();
        TestDataPlane[] hosts = [first, second];

        // The same accounts through both: a profile is changed by compare-and-swap, so no replica's knowledge is lost.
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => hosts[i % 2].PostAsync(
            $$"""[{"transaction_id":"r-{{i}}","amount":12,"account":"shared-{{i % 3}}","type":"card","timestamp":"2026-02-03T04:05:06Z"},{"transaction_id":"both-{{i / 2}}","amount":7,"type":"card","timestamp":"2026-02-03T04:05:06Z"}]""")));

        await using FinObsDbContext db = first.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(90, await db.Transactions.CountAsync(TestContext.Current.CancellationToken));
        long[] versions = await db.AccountProfiles.OrderBy(row => row.AccountId).Select(row => row.Version).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.All(versions, version => Assert.InRange(version, 1, 20));
        Assert.Equal(3, versions.Length);
    }
}
