using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Tests.Resources;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Pulls;

public sealed class WebhookPullsTests
{
    private const string Sources = "/webhooks/pull/sources";

    [Fact]
    public async Task A_source_is_added_listed_run_and_removed_and_its_headers_are_never_shown()
    {
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Json(
            context, context.Request.Headers["X-Api-Key"] == "k-17" ? """{"transactions":[{"transaction_id":"w-1","amount":12,"account":"a","meta":{"x":1}}]}""" : "[]"));
        DoorAnswer added = await PostAsync(bench, new { name = "Core bank", url = bench.Server.Url, headers = new Dictionary<string, string> { ["X-Api-Key"] = "k-17" }, interval_seconds = 600, allow_private = true });
        Assert.Equal(201, added.Status);
        string id = added.Json.GetProperty("id").GetString()!;
        Assert.Matches("^[0-9a-f]{8}$", id);

        DoorAnswer list = await bench.Door.GetAsync(Sources);
        JsonElement source = Assert.Single(list.Json.GetProperty("sources").EnumerateArray());
        Assert.Equal(("Core bank", 600, true, "***"), (source.GetProperty("name").GetString(), source.GetProperty("interval_seconds").GetInt32(), source.GetProperty("enabled").GetBoolean(),
            source.GetProperty("headers").GetProperty("X-Api-Key").GetString()));
        Assert.DoesNotContain("k-17", list.Text + added.Text + (await bench.Door.GetAsync($"/v1/namespaces/default/pullsources/pull-{id}")).Text, StringComparison.Ordinal);

        await Door.UntilAsync(bench.StoredAsync, stored => stored == 1);
        DoorAnswer triggered = await bench.Door.SendAsync(HttpMethod.Post, $"/webhooks/pull/trigger/{id}");
        Assert.Equal((200, "ok", 0), (triggered.Status, triggered.Json.GetProperty("status").GetString(), triggered.Json.GetProperty("ingested").GetInt32()));

        Assert.Equal("removed", (await bench.Door.DeleteAsync($"{Sources}/{id}")).Json.GetProperty("status").GetString());
        await Door.UntilAsync(() => bench.Door.GetAsync(Sources), answer => answer.Json.GetProperty("sources").GetArrayLength() == 0);
        Assert.Equal(404, (await bench.Door.SendAsync(HttpMethod.Post, $"/webhooks/pull/trigger/{id}")).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_source_is_said_by_the_door()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items());
        DoorAnswer refused = await PostAsync(bench, new { name = "x", url = "ftp://bank" });
        Assert.Equal(422, refused.Status);
        Assert.Contains("url", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_enabled_does_not_run()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items());
        DoorAnswer added = await PostAsync(bench, new { name = "off", url = bench.Server.Url, enabled = false, allow_private = true });
        Assert.False(added.Json.GetProperty("enabled").GetBoolean());
        Assert.Equal(404, (await bench.Door.SendAsync(HttpMethod.Post, $"/webhooks/pull/trigger/{added.Json.GetProperty("id").GetString()}")).Status);
        Assert.Empty(bench.Server.Asked);
    }

    [Fact]
    public async Task The_status_has_a_part_about_pulls()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items("{}"));
        await bench.PutAsync();
        await bench.AfterRunsAsync();
        IStatusPart part = bench.Host.Services.GetServices<IStatusPart>().Single(found => found.Name == "pulls");
        JsonElement status = JsonSerializer.SerializeToElement(await part.ReadAsync(TestContext.Current.CancellationToken), JsonSerializerOptions.Web);
        Assert.Equal((1, 1), (status.GetProperty("sources").GetInt32(), status.GetProperty("quarantined").GetInt32()));
        Assert.Equal("Completed", status.GetProperty("each")[0].GetProperty("lastOutcome").GetString());
    }

    private static Task<DoorAnswer> PostAsync(PullBench bench, object body) => bench.Door.SendAsync(HttpMethod.Post, Sources, JsonContent.Create(body));
}
