using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Callbacks;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class TargetLifeTests
{
    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task What_comes_while_a_target_is_suspended_waits(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        await world.ApplyAsync(spec => spec["suspend"] = true);
        string[] sent = await world.TransactAsync(5);
        JsonElement waiting = await Door.UntilAsync(() => StatusPartAsync(world), part => part.GetProperty("queueDepth").GetInt64() == 5);
        Assert.Empty(world.Sink.All);
        Assert.Equal("siem", waiting.GetProperty("items")[0].GetProperty("name").GetString());

        await world.ApplyAsync();
        await world.ReceivedAsync(5);
        Assert.Equal(sent.Order(), world.Sink.All.Select(CallbackWorld.TransactionOf).Order());
    }

    [Fact]
    public async Task A_target_of_the_same_name_begins_anew()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        world.Sink.AnswerStatus(410);
        await world.ApplyAsync();
        await world.TransactAsync();
        await world.StatusAsync(now => now.GetProperty("state").GetString() == "Disabled");
        await world.Door.DeleteAsync(CallbackWorld.Target);
        await Door.UntilAsync(() => world.Door.GetAsync(CallbackWorld.Target), answer => answer.Status == 404);

        world.Sink.AnswerStatus(204);
        await world.ApplyAsync(secrets: Door.Secrets("2", "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3"));
        string[] later = await world.TransactAsync();
        IReadOnlyList<Received> received = await world.ReceivedAsync(all => all.Any(message => later.Contains(CallbackWorld.TransactionOf(message))));

        Assert.DoesNotContain(' ', received[^1].Signature);
        Assert.False((await world.StatusAsync()).GetProperty("signing").TryGetProperty("previousKeyId", out _));
    }

    [Fact]
    public async Task A_key_that_is_none_stops_deliveries_and_says_so()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync(secrets: Door.Secrets("1", "hunter2"));
        await world.TransactAsync();

        JsonElement status = await world.StatusAsync(now => now.GetProperty("queueDepth").GetInt64() == 1);

        JsonElement delivering = status.GetProperty("conditions").EnumerateArray().Single(condition => condition.GetProperty("type").GetString() == "Delivering");
        Assert.Equal("KeyUnusable", delivering.GetProperty("reason").GetString());
        Assert.Contains("whsec_", delivering.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", status.GetRawText(), StringComparison.Ordinal);
        DoorAnswer test = await world.Door.SendAsync(HttpMethod.Post, $"{CallbackWorld.Target}/test");
        Assert.Equal(409, test.Status);
        await world.ApplyAsync(secrets: Door.Secrets("2"));
        await world.ReceivedAsync(1);
    }

    /// <summary>Its own end is told to somebody else, and both acts stand in the audit log.</summary>
    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Another_target_is_told_of_a_disabled_one(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        await using CallbackSink witness = await CallbackSink.StartAsync();
        JsonObject spec = world.Spec(spec =>
        {
            spec["url"] = witness.Url;
            spec["eventTypes"] = new JsonArray("callback.disabled", "callback.enabled");
        });
        Assert.Equal(201, (await world.Door.PutAsync(Door.ByApi(spec), "/v1/namespaces/default/callbacktargets/witness")).Status);
        world.Sink.AnswerStatus(410);
        await world.ApplyAsync();
        await world.TransactAsync();
        await world.StatusAsync(now => now.GetProperty("state").GetString() == "Disabled");
        await world.PostAsync($"{CallbackWorld.Target}/enable", 204);

        IReadOnlyList<Received> told = await Door.UntilAsync(() => Task.FromResult(witness.All), all => all.Count == 2, TimeSpan.FromSeconds(30));
        JsonElement[] bodies = [.. told.Select(message => JsonDocument.Parse(message.Body).RootElement)];
        Assert.Equal(["callback.disabled", "callback.enabled"], bodies.Select(body => body.GetProperty("type").GetString()).Order());
        Assert.All(bodies, body => Assert.Equal("siem", body.GetProperty("data").GetProperty("target").GetString()));
        VerificationReport report = await world.Host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, [], TestContext.Current.CancellationToken);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Dead_letters_and_attempts_are_kept_within_their_bounds(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        world.Sink.AnswerStatus(500);
        await world.ApplyAsync(spec =>
        {
            spec["delivery"]!["schedule"] = new JsonArray("10ms");
            spec["deadLetter"] = new JsonObject { ["maxItems"] = 3 };
            spec["retention"] = new JsonObject { ["attempts"] = "0s" };
            spec["circuitBreaker"] = new JsonObject { ["failureRate"] = 100, ["minRequests"] = 1000, ["consecutive"] = 1000 };
        });
        await world.TransactAsync(5);
        await world.StatusAsync(now => now.GetProperty("deadLetters").GetInt64() == 5);

        await world.Host.Services.GetRequiredService<CallbackMaintenance>().PruneAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, (await world.StatusAsync()).GetProperty("deadLetters").GetInt64());
        Assert.Equal(0, (await world.Host.GetAsync($"{CallbackWorld.Target}/deliveries")).GetProperty("items").GetArrayLength());
    }

    private static async Task<JsonElement> StatusPartAsync(CallbackWorld world)
    {
        IStatusPart part = world.Host.Services.GetServices<IStatusPart>().Single(one => one.Name == "callbacks");
        return JsonSerializer.SerializeToElement(await part.ReadAsync(TestContext.Current.CancellationToken), JsonSerializerOptions.Web);
    }
}
