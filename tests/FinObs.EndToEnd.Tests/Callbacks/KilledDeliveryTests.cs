using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.AspNetCore.Http;

namespace FinObs.EndToEnd.Tests.Callbacks;

/// <summary>A process that dies by SIGKILL in the middle of delivering loses no message; what it sends twice has one id.</summary>
public abstract class KilledDeliveryTests
{
    private const int Kills = 20;
    private const int MessagesARound = 60;
    private const int Seed = 20_260_301;
    private const string Target = "/v1/namespaces/default/callbacktargets/killed";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly DatabaseKind _kind;

    private protected KilledDeliveryTests(DatabaseKind kind) => _kind = kind;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_message_arrives_under_one_id_after_each_of_twenty_kills()
    {
        await using Installation installation = await Installation.CreateAsync(_kind);
        await using CallbackSink sink = await CallbackSink.StartAsync();
        sink.Answer = async (context, _) =>
        {
            await Task.Delay(Pause, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        };
        Random random = new(Seed);
        DataPlaneProcess host = await StartAsync(installation);
        try
        {
            await ApplyAsync(host, sink.Url);
            HashSet<string> sent = [];
            int interrupted = 0;
            for (int round = 0; round < Kills; round++)
            {
                int seen = sink.All.Count;
                sent.UnionWith(await SendAsync(host, round));
                int killAt = seen + random.Next(1, MessagesARound);
                while (sink.All.Count < killAt)
                {
                    await Task.Delay(Pause, TimeProvider.System, Cancel);
                }

                await host.KillAsync();
                interrupted += sink.All.Select(TransactionOf).ToHashSet().IsSupersetOf(sent) ? 0 : 1;
                await host.DisposeAsync();
                host = await StartAsync(installation);
            }

            await UntilEmptyAsync(host);
            Dictionary<string, string[]> idsOf = sink.All.GroupBy(TransactionOf).ToDictionary(copies => copies.Key, copies => copies.Select(received => received.Id).Distinct().ToArray());
            Assert.Equal(sent.Order(), idsOf.Keys.Order());
            Assert.All(idsOf.Values, ids => Assert.Single(ids));
            Assert.Equal(sent.Count, idsOf.Values.SelectMany(ids => ids).Distinct().Count());
            Assert.InRange(interrupted, Kills / 2, Kills);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static Task<DataPlaneProcess> StartAsync(Installation installation) => installation.StartAsync("--Callbacks:LeaseTime", "00:00:01", "--Callbacks:AllowPrivateAddresses", "true");

    private static async Task ApplyAsync(DataPlaneProcess host, string url)
    {
        JsonObject submission = new()
        {
            ["managedBy"] = "Api",
            ["spec"] = new JsonObject
            {
                ["url"] = url,
                ["allowHttp"] = true,
                ["eventTypes"] = new JsonArray("decision.made"),
                ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "key", ["key"] = "key" } },
                ["delivery"] = new JsonObject { ["maxInFlight"] = 8, ["ratePerSecond"] = 200 },
            },
            ["secrets"] = new JsonObject
            {
                ["key"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz"u8) } },
            },
        };
        using HttpResponseMessage response = await host.Client.PutAsJsonAsync(new Uri(Target, UriKind.Relative), submission, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Acknowledged, each of them.</summary>
    private static async Task<string[]> SendAsync(DataPlaneProcess host, int round)
    {
        string[] ids = [.. Enumerable.Range(0, MessagesARound).Select(i => $"r{round:00}-{i:00}")];
        JsonArray items = [.. ids.Select(id => new JsonObject { ["transaction_id"] = id, ["amount"] = 10, ["type"] = "card" })];
        using HttpResponseMessage response = await host.Client.PostAsJsonAsync(new Uri("/webhooks/transactions", UriKind.Relative), items, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        return ids;
    }

    private static async Task UntilEmptyAsync(DataPlaneProcess host)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            JsonElement answer = await host.Client.GetFromJsonAsync<JsonElement>(new Uri($"{Target}/status", UriKind.Relative), Cancel);
            JsonElement status = answer.GetProperty("status");
            if (status.GetProperty("queueDepth").GetInt64() == 0)
            {
                Assert.Equal(0, status.GetProperty("deadLetters").GetInt64());
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), status.GetRawText());
            await Task.Delay(Pause, TimeProvider.System, Cancel);
        }
    }

    private static string TransactionOf(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("data").GetProperty("transaction_id").GetString()!;
}

/// <summary>On SQLite.</summary>
public sealed class SqliteKilledDeliveryTests() : KilledDeliveryTests(DatabaseKind.Sqlite);

/// <summary>On PostgreSQL.</summary>
public sealed class PostgreSqlKilledDeliveryTests() : KilledDeliveryTests(DatabaseKind.PostgreSql);
