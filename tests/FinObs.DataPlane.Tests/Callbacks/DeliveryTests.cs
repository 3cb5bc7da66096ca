using System.Text.Json.Nodes;
using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.AspNetCore.Http;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class DeliveryTests
{
    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_message_arrives_signed_and_once(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        await world.ApplyAsync();
        string[] sent = await world.TransactAsync(25);

        IReadOnlyList<Received> received = await world.ReceivedAsync(25);
        JsonElement status = await world.StatusAsync(now => now.GetProperty("queueDepth").GetInt64() == 0 && now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 25);

        Assert.Equal(sent.Order(), received.Select(CallbackWorld.TransactionOf).Order());
        Assert.Equal(25, received.Select(message => message.Id).Distinct().Count());
        using SigningKey key = SigningKey.Parse(Door.SigningKey, SigningScheme.HmacSha256).Key!;
        Assert.All(received, message => Assert.Equal(key.Sign(message.Id, message.Timestamp, System.Text.Encoding.UTF8.GetBytes(message.Body)), message.Signature));
        Assert.All(received, message => Assert.StartsWith("msg_", message.Id, StringComparison.Ordinal));
        Assert.Equal("Active", status.GetProperty("state").GetString());
        Assert.Equal("127.0.0.1", status.GetProperty("resolvedIps")[0].GetString());
        Assert.Equal(25, (await world.Host.GetAsync($"{CallbackWorld.Target}/deliveries")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("Redacted", true, false)]
    [InlineData("Thin", false, false)]
    [InlineData("Full", true, true)]
    public async Task A_payload_tells_what_its_kind_says(string payload, bool hasDecision, bool hasPerson)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync(spec => spec["payload"] = payload);
        await world.TransactAsync();

        Received received = (await world.ReceivedAsync(1))[0];
        JsonElement body = JsonDocument.Parse(received.Body).RootElement;
        JsonElement data = body.GetProperty("data");

        Assert.Equal(["type", "event", "timestamp", "data"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal("decision.made", body.GetProperty("type").GetString());
        Assert.Equal(hasDecision, data.TryGetProperty("decision", out _));
        Assert.Equal(hasPerson, received.Body.Contains("somebody", StringComparison.Ordinal));
        if (hasDecision)
        {
            JsonElement answered = (await world.Host.GetAsync("/webhooks/results")).GetProperty("results")[0];
            Assert.All(answered.EnumerateObject(), member => Assert.Equal(member.Value.GetRawText(), data.GetProperty(member.Name).GetRawText()));
        }

        // Nor does the log keep what is personal.
        JsonElement log = await Door.UntilAsync(() => world.Host.GetAsync($"{CallbackWorld.Target}/deliveries"), page => page.GetProperty("items").GetArrayLength() == 1);
        Assert.DoesNotContain("somebody", log.GetRawText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_failed_message_is_tried_again_under_the_same_id(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        int tries = 0;
        world.Sink.Answer = (context, _) =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref tries) < 3 ? 500 : 200;
            return Task.CompletedTask;
        };
        await world.ApplyAsync();
        await world.TransactAsync();

        IReadOnlyList<Received> received = await world.ReceivedAsync(3);
        JsonElement status = await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 1);

        Assert.Single(received.Select(message => message.Id).Distinct());
        Assert.Single(received.Select(message => message.Body).Distinct());
        Assert.Equal(2, status.GetProperty("stats24h").GetProperty("retrying").GetInt64());
        Assert.Equal(500, status.GetProperty("lastFailure").GetProperty("code").GetInt32());
        JsonElement items = (await world.Host.GetAsync($"{CallbackWorld.Target}/deliveries?message={received[0].Id}")).GetProperty("items");
        Assert.Equal(["Delivered", "Retrying", "Retrying"], items.EnumerateArray().Select(item => item.GetProperty("outcome").GetString()));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task What_was_given_up_is_a_dead_letter_and_goes_again_when_it_is_replayed(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        world.Sink.AnswerStatus(500);
        await world.ApplyAsync(spec => spec["delivery"]!["schedule"] = new JsonArray("10ms"));
        await world.TransactAsync(3);
        await world.StatusAsync(now => now.GetProperty("deadLetters").GetInt64() == 3);
        JsonElement letters = (await world.Host.GetAsync($"{CallbackWorld.Target}/dead-letters")).GetProperty("items");
        JsonElement seed = await world.Host.GetAsync("/webhooks/callbacks/dlq");

        world.Sink.AnswerStatus(200);
        await world.PostAsync($"{CallbackWorld.Target}/dead-letters/{letters[0].GetProperty("id").GetString()}/replay");
        JsonElement replayed = await world.PostAsync($"{CallbackWorld.Target}/dead-letters/replay");
        await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 3 && now.GetProperty("deadLetters").GetInt64() == 0);

        Assert.Equal(2, replayed.GetProperty("messages").GetInt64());
        Assert.Equal(3, seed.GetProperty("count").GetInt32());
        Assert.Equal("decision.made", seed.GetProperty("dead_letters")[0].GetProperty("payload").GetProperty("event").GetString());
        Assert.All(letters.EnumerateArray(), letter => Assert.Equal(("Exhausted", 2, 500), (letter.GetProperty("reason").GetString(), letter.GetProperty("attempts").GetInt32(), letter.GetProperty("lastStatus").GetInt32())));
        Assert.Equal(3, world.Sink.All.Select(message => message.Id).Distinct().Count());
        Assert.Equal(9, world.Sink.All.Count);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Events_of_the_log_go_again_under_the_ids_that_they_had(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        await world.ApplyAsync();
        await world.TransactAsync(4);
        await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 4);

        JsonElement replayed = await world.PostAsync($"{CallbackWorld.Target}/replay?since=2020-01-01T00:00:00Z");
        IReadOnlyList<Received> received = await world.ReceivedAsync(8);

        Assert.Equal(4, replayed.GetProperty("messages").GetInt64());
        Assert.All(received.GroupBy(message => message.Id), copies => Assert.Equal(2, copies.Count()));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Whoever_says_gone_is_told_no_more_until_somebody_enables_it(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        world.Sink.AnswerStatus(StatusCodes.Status410Gone);
        await world.ApplyAsync();
        await world.TransactAsync(2);
        JsonElement disabled = await world.StatusAsync(now => now.GetProperty("state").GetString() == "Disabled" && now.GetProperty("deadLetters").GetInt64() == 2);
        int before = world.Sink.All.Count;
        await world.TransactAsync(2);
        await world.StatusAsync(now => now.GetProperty("deadLetters").GetInt64() == 4);

        Assert.Equal(before, world.Sink.All.Count);
        Assert.Contains("410", disabled.GetProperty("disabledReason").GetString(), StringComparison.Ordinal);
        world.Sink.AnswerStatus(200);
        await world.PostAsync($"{CallbackWorld.Target}/enable", StatusCodes.Status204NoContent);
        await world.StatusAsync(now => now.GetProperty("state").GetString() == "Active");
        await world.PostAsync($"{CallbackWorld.Target}/dead-letters/replay");
        await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 4);
    }

    [Fact]
    public async Task A_target_that_asks_for_patience_is_left_alone()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        world.Sink.Answer = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        };
        await world.ApplyAsync(spec => spec["delivery"]!["maxInFlight"] = 1);
        await world.TransactAsync(3);

        JsonElement status = await world.StatusAsync(now => now.GetProperty("state").GetString() == "Throttled");

        Assert.Single(world.Sink.All);
        Assert.Equal(3, status.GetProperty("queueDepth").GetInt64());
    }

    [Fact]
    public async Task An_open_circuit_lets_nothing_through()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        world.Sink.AnswerStatus(503);
        await world.ApplyAsync(spec =>
        {
            spec["circuitBreaker"] = new JsonObject { ["consecutive"] = 2, ["openFor"] = "1h" };
            spec["delivery"]!["maxInFlight"] = 1;
        });
        await world.TransactAsync(5);

        JsonElement status = await world.StatusAsync(now => now.GetProperty("state").GetString() == "CircuitOpen");

        Assert.Equal(2, world.Sink.All.Count);
        Assert.Equal(5, status.GetProperty("queueDepth").GetInt64());
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Events_of_an_account_go_in_their_order(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        int calls = 0;
        world.Sink.Answer = (context, _) =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref calls) % 3 == 0 ? 500 : 200;
            return Task.CompletedTask;
        };
        await world.ApplyAsync(spec =>
        {
            spec["delivery"]!["ordering"] = "PerKey";
            spec["delivery"]!["schedule"] = new JsonArray("10ms", "10ms", "10ms", "10ms", "10ms");
            spec["circuitBreaker"] = new JsonObject { ["failureRate"] = 100, ["consecutive"] = 100 };
        });
        string[] sent = await world.TransactAsync(6, "one");
        await world.TransactAsync(6, "another");
        await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 12);

        // The first time that each came: none before all that go before it have been taken.
        string[] ofOne = [.. world.Sink.All.Select(CallbackWorld.TransactionOf).Where(sent.Contains).Distinct()];
        Assert.Equal(sent, ofOne);
    }

    [Fact]
    public async Task Only_what_passes_the_filter_is_told()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync(spec =>
        {
            spec["eventTypes"] = new JsonArray("transaction.flagged");
            spec["filter"] = new JsonObject { ["decisions"] = new JsonArray("Block") };
        });
        await world.TransactAsync(2);
        await world.FannedOutAsync(); // a target gets what it asks for when it is fanned out, not when it happened
        await world.ApplyAsync(spec => spec["eventTypes"] = new JsonArray("decision.made", "transaction.flagged"));
        string[] later = await world.TransactAsync(2);

        IReadOnlyList<Received> received = await world.ReceivedAsync(2);

        Assert.Equal(later.Order(), received.Select(CallbackWorld.TransactionOf).Order());
        Assert.All(received, message => Assert.Contains("\"type\":\"transaction.flagged\"", message.Body, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_target_that_goes_is_drained_first(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        world.Sink.AnswerStatus(500);
        await world.ApplyAsync(spec => spec["delivery"]!["schedule"] = new JsonArray("1h"));
        await world.TransactAsync(3);
        await world.StatusAsync(now => now.GetProperty("stats24h").GetProperty("retrying").GetInt64() == 3);

        await world.Door.DeleteAsync(CallbackWorld.Target);
        await Door.UntilAsync(() => world.Door.GetAsync(CallbackWorld.Target), answer => answer.Status == 404, TimeSpan.FromSeconds(30));

        JsonElement letters = (await world.Host.GetAsync($"{CallbackWorld.Target}/dead-letters")).GetProperty("items");
        Assert.Equal(3, letters.GetArrayLength());
        Assert.All(letters.EnumerateArray(), letter => Assert.Equal("Deleted", letter.GetProperty("reason").GetString()));
        Assert.Equal(6, world.Sink.All.Count);
    }

    [Fact]
    public async Task A_test_message_says_what_came_of_it()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        world.Sink.Answer = async (context, received) =>
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync($"who are you, {received.Headers["authorization"]}?");
        };
        JsonObject secrets = Door.Secrets();
        secrets["siem-key"]!["data"]!["token"] = Convert.ToBase64String("a-token-of-ours"u8.ToArray());
        await world.ApplyAsync(spec => spec["auth"] = new JsonObject { ["bearerSecretRef"] = new JsonObject { ["name"] = "siem-key", ["key"] = "token" } }, secrets);

        JsonElement answer = await world.PostAsync($"{CallbackWorld.Target}/test");

        Assert.Equal((false, 401), (answer.GetProperty("delivered").GetBoolean(), answer.GetProperty("status").GetInt32()));
        Assert.Equal("who are you, Bearer [removed]?", answer.GetProperty("responseExcerpt").GetString());
        Assert.Contains("spec.auth", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer a-token-of-ours", world.Sink.All[0].Headers["authorization"]);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task What_is_asked_for_twice_under_one_key_is_done_once(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        world.Sink.AnswerStatus(500);
        await world.ApplyAsync(spec => spec["delivery"]!["schedule"] = new JsonArray("10ms"));
        await world.TransactAsync(3);
        await world.StatusAsync(now => now.GetProperty("deadLetters").GetInt64() == 3);

        JsonElement tested = await AskAsync("test", "a"), again = await AskAsync("test", "a"), other = await AskAsync("test", "b");
        Assert.Equal(tested.GetRawText(), again.GetRawText());
        Assert.NotEqual(tested.GetProperty("messageId").GetString(), other.GetProperty("messageId").GetString());
        Assert.Equal(3, (await AskAsync("dead-letters/replay", "a")).GetProperty("messages").GetInt64());
        await world.StatusAsync(now => now.GetProperty("deadLetters").GetInt64() == 3); // they failed once more
        await AskAsync("dead-letters/replay", "a");
        Assert.Equal((3, 0), await CountedAsync());

        world.Sink.AnswerStatus(204);
        int before = world.Sink.All.Count;
        Assert.Equal(3, (await AskAsync("replay?since=2020-01-01T00:00:00Z", "log")).GetProperty("messages").GetInt64());
        await world.StatusAsync(now => (now.GetProperty("deadLetters").GetInt64(), now.GetProperty("queueDepth").GetInt64()) == (0, 0));
        await AskAsync("replay?since=2020-01-01T00:00:00Z", "log");
        Assert.Equal((0, 0), await CountedAsync());
        Assert.Equal(before + 3, world.Sink.All.Count);

        async Task<JsonElement> AskAsync(string path, string key)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"{CallbackWorld.Target}/{path}", UriKind.Relative)) { Headers = { { "Idempotency-Key", key } } };
            using HttpResponseMessage answer = await world.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }

        async Task<(long Dead, long Waiting)> CountedAsync()
        {
            JsonElement status = await world.StatusAsync();
            return (status.GetProperty("deadLetters").GetInt64(), status.GetProperty("queueDepth").GetInt64());
        }
    }
}
