using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.EndToEnd.Tests.Chaos;
using FinObs.Testing;
using Npgsql;

namespace FinObs.EndToEnd.Tests.Replicas;

/// <summary>Two and three processes on one PostgreSQL and one Redis come to what one comes to, whatever goes away meanwhile.</summary>
public sealed class ReplicaProcessesTests
{
    private const int Accounts = 6;
    private const int PerAccount = 30;
    private const int Seed = 20_260_401;

    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task For_the_same_order_of_an_account_they_score_as_one_does_and_deliver_each_message_once(int count, bool redisGoes)
    {
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.PostgreSql);
        await using ReplicaWorld world = await ReplicaWorld.StartAsync(installation.StartAsync, count);
        ConcurrentDictionary<string, string> scores = new(StringComparer.Ordinal);
        int sent = 0;

        // Each account one after the other, at a replica that chance chooses; the accounts beside each other.
        await Task.WhenAll(Enumerable.Range(0, Accounts).Select(async account =>
        {
            Random random = new(Seed + account);
            for (int i = 0; i < PerAccount; i++)
            {
                switch (redisGoes ? Interlocked.Increment(ref sent) : 0)
                {
                    case Accounts * PerAccount / 3: await world.Redis.StopAsync(); break;
                    case Accounts * PerAccount * 2 / 3: await world.Redis.RestartAsync(); break;
                    default: break;
                }

                scores[$"{account}-{i}"] = ScoreOf(await world.PostAsync(random.Next(count), Item(account, i)));
            }
        }));
        await world.DeliveredAsync(Accounts * PerAccount);

        Assert.Equal(await AtOneAsync(), scores.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(scores.Keys.Select(id => $"t-{id}").Order(), world.Sink.All.Select(ReplicaWorld.TransactionOf).Order());
        Assert.Equal(Accounts * PerAccount, world.Sink.All.Select(received => received.Id).Distinct().Count());
        await SoundAsync(installation);
    }

    /// <summary>They are all alike, so that whatever the order of the commits, the n-th of them has to see n - 1 before it.</summary>
    [Fact]
    public async Task An_account_that_meets_two_replicas_at_once_has_the_profile_of_all_its_transactions()
    {
        const int Senders = 6, EachSends = 25;
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.PostgreSql);
        await using ReplicaWorld world = await ReplicaWorld.StartAsync(installation.StartAsync, 2);

        string[] answers = (await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            List<string> own = [];
            for (int i = 0; i < EachSends; i++)
            {
                own.Add(await world.PostAsync(sender, Alike((sender * EachSends) + i)));
            }

            return own;
        }))).SelectMany(own => own).ToArray();
        await world.DeliveredAsync(Senders * EachSends);

        Assert.Empty(await ProfileHistory.DifferencesAsync(installation));
        await SoundAsync(installation);
        await using Installation alone = await Installation.CreateAsync(DatabaseKind.Sqlite);
        await using DataPlaneProcess host = await alone.StartAsync();
        List<string> atOne = [];
        for (int i = 0; i < Senders * EachSends; i++)
        {
            atOne.Add(ScoreOf(await SingleSender.PostAsync(host.Client, Alike(i))));
        }

        Assert.Equal(atOne.Order(StringComparer.Ordinal), answers.Select(ScoreOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_replica_was_delivering_arrives_from_another_under_the_same_id()
    {
        const int Rounds = 6, Each = 40;
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.PostgreSql);
        await using ReplicaWorld world = await ReplicaWorld.StartAsync(installation.StartAsync, 2, lease: "00:00:02");
        world.Sink.Answer = async (context, _) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), context.RequestAborted);
            context.Response.StatusCode = 204;
        };
        Random random = new(Seed);
        for (int round = 0; round < Rounds; round++)
        {
            int seen = world.Sink.All.Count, victim = random.Next(2), killAt = seen + random.Next(1, Each);
            for (int i = 0; i < Each; i++)
            {
                await world.PostAsync(1 - victim, Item(round, i));
            }

            await ReplicaWorld.UntilAsync(() => Task.FromResult(world.Sink.All.Count >= killAt), () => $"{world.Sink.All.Count} of {killAt}");
            await world.ReplaceAsync(victim);
        }

        await world.DeliveredAsync(Rounds * Each);
        ILookup<string, string> ids = world.Sink.All.ToLookup(ReplicaWorld.TransactionOf, received => received.Id);
        Assert.Equal(Rounds * Each, ids.Count);
        Assert.All(ids, one => Assert.Single(one.Distinct()));
        await SoundAsync(installation);
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_they_say_so_and_when_it_is_back_all_goes_on()
    {
        await using LocalCluster? cluster = await LocalCluster.TryStartAsync(new LocalClusterOptions());
        Assert.SkipWhen(cluster is null, "No PostgreSQL on this machine that could be restarted.");
        using TemporaryFolder folder = new();
        string[] settings = ["--ConnectionStrings:FinObs", cluster.ConnectionString, "--Demo:Enabled", "false", "--Models:Artifact", TrainedModel.Folder, "--Logging:LogLevel:Default", "Error"];
        await using ReplicaWorld world = await ReplicaWorld.StartAsync(more => DataPlaneProcess.StartAsync(folder.FullPath, [.. settings, .. more]), 2);
        string before = await world.PostAsync(0, Item(0, 0));
        await world.PostAsync(1, Item(0, 1));

        await cluster.StopImmediatelyAsync();
        NpgsqlConnection.ClearAllPools();
        foreach (DataPlaneProcess host in world.Hosts)
        {
            (HttpStatusCode status, TimeSpan? retryAfter, string body) = await TryAsync(host, Item(0, 2));
            Assert.True(status == HttpStatusCode.ServiceUnavailable, body);
            Assert.Equal("database_unavailable", JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());
            Assert.True(retryAfter > TimeSpan.Zero, body);
        }

        await cluster.StartAgainAsync();
        foreach (DataPlaneProcess host in world.Hosts)
        {
            await ReplicaWorld.UntilAsync(async () => (await TryAsync(host, Item(0, 2))).Status == HttpStatusCode.OK, () => host.Output);
        }

        Assert.Equal(before, await world.PostAsync(1, Item(0, 0)));
        await world.PostAsync(0, Item(0, 3));
        await world.DeliveredAsync(4);
        Assert.Equal(4, world.Sink.All.Select(ReplicaWorld.TransactionOf).Distinct().Count());
        await using NpgsqlConnection connection = new(cluster.ConnectionString);
        await connection.OpenAsync(Cancel);
        Assert.Empty(await LedgerSnapshot.ContradictionsAsync(connection));
    }

    private static string Item(int account, int number) => JsonSerializer.Serialize(new
    {
        transaction_id = $"t-{account}-{number}",
        amount = 10 + (((account * 131) + (number * 37)) % 900),
        type = "card",
        account = $"account-{account}",
        counterparty = $"c-{number % 7}",
        timestamp = Start.AddMinutes(7 * number),
    });

    private static string Alike(int number) => JsonSerializer.Serialize(new { transaction_id = $"t-{number}", amount = 25, type = "card", account = "one", counterparty = "c", timestamp = Start });

    private static string ScoreOf(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("anomaly_score").GetRawText();

    /// <summary>The same at one process, on a database of its own.</summary>
    private static async Task<IEnumerable<KeyValuePair<string, string>>> AtOneAsync()
    {
        await using Installation alone = await Installation.CreateAsync(DatabaseKind.Sqlite);
        await using DataPlaneProcess host = await alone.StartAsync();
        Dictionary<string, string> scores = [];
        for (int account = 0; account < Accounts; account++)
        {
            for (int i = 0; i < PerAccount; i++)
            {
                scores[$"{account}-{i}"] = ScoreOf(await SingleSender.PostAsync(host.Client, Item(account, i)));
            }
        }

        return scores.OrderBy(pair => pair.Key, StringComparer.Ordinal);
    }

    private static async Task SoundAsync(Installation installation)
    {
        await using DbConnection connection = await installation.ConnectAsync();
        Assert.Empty(await LedgerSnapshot.ContradictionsAsync(connection));
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)> TryAsync(DataPlaneProcess host, string item)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(item)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), content, Cancel);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync(Cancel));
    }
}
