using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using StackExchange.Redis;

namespace FinObs.DataPlane.Tests.Ledger;

/// <summary>Several processes on one PostgreSQL, with and without a Redis between them, come to what one comes to.</summary>
public class ReplicasTests
{
    private const int Count = 45;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_that_goes_round_three_replicas_scores_as_at_one(bool withRedis)
    {
        await using RedisServer? redis = withRedis ? await RedisServer.StartAsync() : null;
        await using TestDataPlane first = await StartAsync(redis);
        await using TestDataPlane second = await first.StartReplicaAsync(Settings(redis));
        await using TestDataPlane third = await first.StartReplicaAsync(Settings(redis));
        TestDataPlane[] hosts = [first, second, third];

        List<string> scores = [];
        for (int i = 0; i < Count; i++)
        {
            scores.Add(await ScoreAsync(hosts[i % 3], i));
        }

        Assert.Equal(await AtOneAsync(), scores);
    }

    [Fact]
    public async Task A_Redis_that_goes_and_comes_back_empty_changes_no_score()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using TestDataPlane first = await StartAsync(redis);
        await using TestDataPlane second = await first.StartReplicaAsync(Settings(redis));
        TestDataPlane[] hosts = [first, second];

        List<string> scores = [];
        for (int i = 0; i < Count; i++)
        {
            await (i switch { 15 => redis.StopAsync(), 30 => redis.RestartAsync(), _ => Task.CompletedTask });
            scores.Add(await ScoreAsync(hosts[i % 2], i));
        }

        Assert.Equal(await AtOneAsync(), scores);
    }

    [Fact]
    public async Task A_profile_that_is_old_or_not_one_is_found_out()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using TestDataPlane host = await StartAsync(redis);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        string first = await ScoreAsync(host, 0);
        RedisKey key = await KeyAsync(client);
        byte[] old = (await client.GetDatabase().StringGetAsync(key))!;

        List<string> scores = [first];
        for (int i = 1; i < Count; i++)
        {
            // Never less than what this process knows itself: ahead of it, which the commit refuses, or no profile at all.
            byte[] wrong = [.. BitConverter.GetBytes(i + 100L), .. old[8..]];
            await client.GetDatabase().StringSetAsync(key, i % 2 == 0 ? "nonsense" : wrong);
            scores.Add(await ScoreAsync(host, i));
        }

        Assert.Equal(await AtOneAsync(), scores);
        Assert.DoesNotContain("round", key.ToString(), StringComparison.Ordinal);
    }

    private static async Task<RedisKey> KeyAsync(ConnectionMultiplexer client)
    {
        while (true)
        {
            Ct.ThrowIfCancellationRequested();
            await foreach (RedisKey key in client.GetServers()[0].KeysAsync(pattern: "finobs:p:*"))
            {
                return key;
            }
        }
    }

    private static async Task<List<string>> AtOneAsync()
    {
        await using TestDataPlane alone = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        List<string> scores = [];
        for (int i = 0; i < Count; i++)
        {
            scores.Add(await ScoreAsync(alone, i));
        }

        return scores;
    }

    private static async Task<string> ScoreAsync(TestDataPlane host, int number)
    {
        DateTimeOffset at = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero).AddMinutes(7 * number);
        JsonElement answer = await host.PostAsync(JsonSerializer.Serialize(
            new { transaction_id = $"r-{number}", amount = 10 + (number * 37 % 900), type = "card", account = "round", counterparty = $"c-{number % 7}", timestamp = at }));
        return answer.GetProperty("results")[0].GetProperty("anomaly_score").GetRawText();
    }

    private static Task<TestDataPlane> StartAsync(RedisServer? redis) => TestDataPlane.StartAsync(DatabaseKind.PostgreSql, Settings(redis));

    private static string[] Settings(RedisServer? redis) => redis is null ? [] : ["--ConnectionStrings:Redis", redis.Address];
}
