using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Resources;

namespace FinObs.DataPlane.Tests.Pulls;

/// <summary>A source that says which model decides what it gives.</summary>
public sealed class PullModelTests
{
    [Fact]
    public async Task A_model_that_is_missing_is_said_and_nothing_is_fetched_until_it_may_decide()
    {
        int asked = 0;
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return PullBench.Items(PullBench.Item(1), PullBench.Item(2))(context);
        });
        await bench.PutAsync("""{"scoring":{"modelRef":{"model":"wires"}}}""");
        JsonElement status = await bench.AfterRunsAsync();
        (string ready, string reason, string message) = PullBench.Condition(status, "Ready");
        Assert.Equal(("False", "ModelMissing"), (ready, reason));
        Assert.Contains("There is no model wires in the namespace default", message, StringComparison.Ordinal);
        Assert.Equal(("Unknown", "ModelMissing"), (PullBench.Condition(status, "Reachable").Status, PullBench.Condition(status, "Reachable").Reason));

        ModelVersionDoor versions = new(bench.Host);
        string digest = (await versions.UploadAsync("wires", "1.0.0")).Digest;
        await versions.ApplyAsync("wires", "1.0.0", digest, "Shadow");
        Assert.Contains("may decide", PullBench.Condition(await bench.StatusAsync(), "Ready").Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (asked, await bench.StoredAsync()));

        await versions.ApplyAsync("wires", "1.0.0", digest);
        await bench.TriggerAsync();
        await Door.UntilAsync(bench.StoredAsync, stored => stored == 2);
        Assert.Equal("True", PullBench.Condition(await Door.UntilAsync(bench.StatusAsync, now => PullBench.Condition(now, "Ready").Status == "True"), "Ready").Status);
        Assert.All(await DecidersAsync(bench), decider => Assert.Equal("wires@1.0.0", decider));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_model_besides_the_one_that_decides_is_followed_until_it_is_stopped(DatabaseKind kind)
    {
        int page = 0;
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Items(PullBench.Item(page))(context), kind);
        ModelVersionDoor versions = new(bench.Host);
        await versions.ApplyAsync("cards", "1.0.0", (await versions.UploadAsync("cards", "1.0.0")).Digest);
        await Door.UntilAsync(() => versions.DeciderAsync(), decider => decider == "cards@1.0.0");
        string older = (await versions.UploadAsync("wires", "1.0.0")).Digest, newer = (await versions.UploadAsync("wires", "2.0.0")).Digest;
        await versions.ApplyAsync("wires", "1.0.0", older);
        await versions.ApplyAsync("wires", "2.0.0", newer);
        Assert.Equal("cards@1.0.0", await versions.DeciderAsync());

        await bench.PutAsync("""{"scoring":{"modelRef":{"model":"wires"}}}""");
        Assert.Equal("wires@2.0.0", await NextAsync());
        await versions.ApplyAsync("wires", "2.0.0", newer, change: spec => spec["killSwitch"] = true);
        Assert.Equal("wires@1.0.0", await NextAsync());
        await bench.PutAsync("""{"scoring":{"modelRef":{"model":"wires","version":"2.0.0"}}}""");
        Assert.Equal("ModelMissing", PullBench.Condition(await Door.UntilAsync(bench.StatusAsync, now => PullBench.Condition(now, "Ready").Status == "False"), "Ready").Reason);
        await bench.PutAsync("""{"scoring":{"modelRef":{"model":"cards"}}}""");
        Assert.Equal("cards@1.0.0", await NextAsync());

        // One transaction more, and who decided it.
        async Task<string> NextAsync()
        {
            int stored = await bench.StoredAsync();
            Interlocked.Increment(ref page);
            await Door.UntilAsync(
                async () =>
                {
                    // It may not be there yet.
                    await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/trigger");
                    return await bench.StoredAsync();
                },
                now => now > stored);
            return (await DecidersAsync(bench))[0];
        }
    }

    private static async Task<string[]> DecidersAsync(PullBench bench) =>
        [.. (await bench.Host.GetAsync("/v1/transactions?source=bank")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("model_version").GetString()!)];
}
