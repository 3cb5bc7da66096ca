using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Pulls;

public sealed class PullTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_source_has_is_taken_in_once_with_its_status(bool onPostgreSql)
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items(PullBench.Item(1), PullBench.Item(2), PullBench.Item(3)), onPostgreSql ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite);
        await bench.PutAsync();
        JsonElement status = await bench.AfterRunsAsync();
        Assert.Equal(3, status.GetProperty("lastRun").GetProperty("ingested").GetInt64());
        Assert.Equal(200, status.GetProperty("lastRun").GetProperty("httpStatus").GetInt32());
        Assert.Equal(32, status.GetProperty("lastRun").GetProperty("traceId").GetString()!.Length);
        Assert.Equal(("True", "UpToDate"), (PullBench.Condition(status, "CaughtUp").Status, PullBench.Condition(status, "CaughtUp").Reason));
        Assert.Equal(("True", "Succeeded"), (PullBench.Condition(status, "Ready").Status, PullBench.Condition(status, "Ready").Reason));

        await bench.TriggerAsync();
        status = await bench.AfterRunsAsync(2);
        Assert.Equal((0, 3), (status.GetProperty("lastRun").GetProperty("ingested").GetInt64(), status.GetProperty("lastRun").GetProperty("duplicates").GetInt64()));
        Assert.Equal(3, await bench.StoredAsync());

        Assert.Equal(204, (await bench.Door.DeleteAsync(PullBench.Path)).Status);
        await using FinObsDbContext db = bench.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(0, await db.PullSources.CountAsync(Stop) + await db.PullRuns.CountAsync(Stop));
        Assert.Equal([PullActions.Triggered], await db.PullChanges.Select(change => change.Action).ToListAsync(Stop));
    }

    [Theory]
    [InlineData("""[{"id":"a","amt":1}]""")]
    [InlineData("""{"transactions":[{"id":"a","amt":1}],"next":null}""")]
    [InlineData("""{"count":1,"page":{"x":[1,[2]]},"data":[{"id":"a","amt":"1.00"}]}""")]
    public async Task The_usual_forms_need_no_path(string body)
    {
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Json(context, body));
        await bench.PutAsync();
        Assert.Equal(1, (await bench.AfterRunsAsync()).GetProperty("lastRun").GetProperty("ingested").GetInt64());
    }

    [Fact]
    public async Task Lines_and_tables_are_read_too()
    {
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            bool isCsv = context.Request.Path == "/csv";
            context.Response.ContentType = isCsv ? "text/csv" : "application/x-ndjson";
            return context.Response.WriteAsync(isCsv ? "id,amt,account\nc-1,\"1.50\",a\nc-2,2,\n" : "{\"id\":\"n-1\",\"amt\":1}\n\n{broken\n{\"id\":\"n-2\",\"amt\":2}");
        });
        await bench.PutAsync("""{"response":{"format":"NdJson"}}""");
        JsonElement run = (await bench.AfterRunsAsync()).GetProperty("lastRun");
        Assert.Equal((2, 1), (run.GetProperty("ingested").GetInt64(), run.GetProperty("rejected").GetInt64()));
        await bench.PutAsync($$$"""{"url":"{{{bench.Server.Url}}}csv","response":{"format":"Csv"}}""");
        Assert.Equal(2, (await bench.AfterRunsAsync(2)).GetProperty("lastRun").GetProperty("ingested").GetInt64());
    }

    [Theory]
    [InlineData("""{"type":"Cursor","cursorPath":"$.meta.next","param":"after"}""")]
    [InlineData("""{"type":"Page","param":"page"}""")]
    [InlineData("""{"type":"LinkHeader"}""")]
    public async Task Pages_are_followed_to_the_end(string pagination)
    {
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Page(context, pages: 5));
        await bench.PutAsync($$$"""{"pagination":{{{pagination}}}}""");
        JsonElement status = await bench.AfterRunsAsync();
        Assert.Equal(10, status.GetProperty("lastRun").GetProperty("ingested").GetInt64());
        Assert.False(status.TryGetProperty("cursor", out _));
    }

    [Fact]
    public async Task A_run_takes_its_share_and_the_next_goes_on_at_once()
    {
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Page(context, pages: 5));
        await bench.PutAsync("""{"pagination":{"type":"Page","param":"page","maxPages":2}}""");
        await bench.AfterRunsAsync(3);
        Assert.Equal(10, await bench.StoredAsync());
        Assert.Equal(["Completed", "More", "More"], (await bench.RunsAsync()).Select(run => run.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Only_what_is_new_is_asked_for_and_what_arrives_late()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items(
            PullBench.Item(1, ""","updated":"2026-01-02T10:00:00Z" """), PullBench.Item(2, ""","updated":"2026-01-02T09:00:00+02:00" """)));
        await bench.PutAsync("""{"incremental":{"watermarkPath":"$.updated","param":"since","overlap":"2m"}}""");
        JsonElement status = await bench.AfterRunsAsync();
        Assert.Equal("2026-01-02T10:00:00Z", status.GetProperty("watermark").GetString());
        Assert.NotEqual("0s", status.GetProperty("lag").GetString());
        await bench.TriggerAsync();
        await bench.AfterRunsAsync(2);
        Assert.Equal(["/api", "/api?since=2026-01-02T09%3A58%3A00Z"], bench.Server.Asked.Select(asked => asked.Path));
    }

    [Fact]
    public async Task What_is_marked_as_unchanged_is_not_fetched_again()
    {
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            context.Response.Headers.ETag = "\"v1\"";
            return PullBench.Json(context, $"[{PullBench.Item(1)}]");
        });
        await bench.PutAsync();
        await bench.AfterRunsAsync();
        await bench.TriggerAsync();
        JsonElement status = await bench.AfterRunsAsync(2);
        Assert.Equal(304, status.GetProperty("lastRun").GetProperty("httpStatus").GetInt32());
        Assert.Equal("True", PullBench.Condition(status, "CaughtUp").Status);
    }

    [Fact]
    public async Task A_post_asks_in_its_body()
    {
        string? body = null;
        await using PullBench bench = await PullBench.StartAsync(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            body ??= await reader.ReadToEndAsync(Stop);
            await PullBench.Json(context, "[]");
        });
        await bench.PutAsync("""{"method":"Post","query":{"status":"booked"},"pagination":{"type":"Page","param":"page"}}""");
        await bench.AfterRunsAsync();
        Assert.Equal("""{"page":1}""", body);
        Assert.Equal("/api?status=booked", bench.Server.Asked.First().Path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bad_item_is_kept_aside_once_and_can_be_settled(bool onPostgreSql)
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items(PullBench.Item(1), """{"id":"bad-1","amount":5}""", """{"amt":7}""", """{"id":"t-1","amt":999}"""), onPostgreSql ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite);
        await bench.PutAsync();
        await bench.AfterRunsAsync();
        await bench.TriggerAsync();
        JsonElement status = await bench.AfterRunsAsync(2);
        Assert.Equal(3, status.GetProperty("quarantined").GetInt64());
        Assert.Equal("ItemsQuarantined", PullBench.Condition(status, "SchemaValid").Reason);

        JsonElement[] items = [.. (await bench.Door.GetAsync($"{PullBench.Path}/quarantine")).Json.GetProperty("items").EnumerateArray()];
        Assert.Equal(["amount_missing", "conflict", "text_empty"], items.Select(item => item.GetProperty("code").GetString()).Order());
        string id = items.Single(item => item.GetProperty("code").GetString() == "amount_missing").GetProperty("id").GetString()!;
        Assert.Equal("""{"id":"bad-1","amount":5}""", (await bench.Door.GetAsync($"{PullBench.Path}/quarantine/{id}")).Json.GetProperty("text").GetString());
        Assert.Equal(422, (await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/quarantine/{id}/retry")).Status);

        await bench.PutAsync("""{"mapping":{"transactionId":"$.id","amount":"$.amount"}}""");
        await bench.AfterRunsAsync(3);
        DoorAnswer retried = await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/quarantine/{id}/retry");
        Assert.Equal((200, "bad-1"), (retried.Status, retried.Json.GetProperty("transactionId").GetString()));
        Assert.Equal(404, (await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/quarantine/{id}/retry")).Status);
        string other = items.Single(item => item.GetProperty("code").GetString() == "conflict").GetProperty("id").GetString()!;
        Assert.Equal(204, (await bench.Door.DeleteAsync($"{PullBench.Path}/quarantine/{other}")).Status);
        await using FinObsDbContext db = bench.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.All(await db.PullQuarantine.Where(row => row.State != QuarantineStates.Open).ToListAsync(Stop), row => Assert.Empty(row.Sealed));
        Assert.All(await db.PullQuarantine.ToListAsync(Stop), row => Assert.DoesNotContain("bad-1", Encoding.UTF8.GetString(row.Sealed), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_keeps_failing_rests_and_is_resumed_by_somebody()
    {
        bool isDown = true;
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            context.Response.StatusCode = isDown ? 500 : 200;
            return isDown ? Task.CompletedTask : PullBench.Json(context, "[]");
        });
        await bench.PutAsync("""{"onError":{"suspendAfter":2,"backoffMax":"10ms"}}""");
        JsonElement status = await bench.AfterRunsAsync(2);
        Assert.Equal("AnsweredWithError", PullBench.Condition(status, "Reachable").Reason);
        (string ready, string reason, string message) = PullBench.Condition(status, "Ready");
        Assert.Equal(("False", "SuspendedAfterFailures"), (ready, reason));
        Assert.Contains("answered 500", message, StringComparison.Ordinal);
        Assert.Contains($"POST {PullBench.Path}/resume", message, StringComparison.Ordinal);

        isDown = false;
        Assert.Equal(204, (await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/resume")).Status);
        Assert.Equal("True", PullBench.Condition(await bench.AfterRunsAsync(3), "Ready").Status);
        Assert.Equal(404, (await bench.Door.SendAsync(HttpMethod.Post, $"{PullBench.Path}/resume")).Status);
        await using FinObsDbContext db = bench.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal([PullActions.Resumed, PullActions.Suspended], await db.PullChanges.Select(change => change.Action).OrderBy(action => action).ToListAsync(Stop));
    }

    [Theory]
    [InlineData("""{"schedule":{"cron":"61 * * * *"}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"cron":"0 * * * *","timeZone":"Europe/Atlantis"}}""", "schedule.timeZone")]
    [InlineData("""{"mapping":{"transactionId":"$.id","amount":"$.amt","iban":"$.iban"}}""", "mapping: iban")]
    [InlineData("""{"dedupe":{"keys":["transactionId","timestamp"]}}""", "dedupe.keys: timestamp")]
    public async Task What_cannot_be_carried_out_is_said(string more, string said)
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items());
        await bench.PutAsync(more);
        JsonElement status = await Door.UntilAsync(bench.StatusAsync, found => PullBench.Condition(found, "Ready").Status == "False");
        Assert.Equal("SpecNotUsable", PullBench.Condition(status, "Ready").Reason);
        Assert.Contains(said, PullBench.Condition(status, "Ready").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Secret_that_is_no_token_is_said_without_its_value()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items());
        JsonObject secrets = new() { ["k"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["t"] = Convert.ToBase64String("not a token"u8) } } };
        await bench.PutAsync("""{"auth":{"bearerSecretRef":{"name":"k","key":"t"}}}""", secrets);
        (string status, _, string message) = PullBench.Condition(await bench.AfterRunsAsync(), "AuthResolved");
        Assert.Equal("False", status);
        Assert.DoesNotContain("not a token", message, StringComparison.Ordinal);
        Assert.Empty(bench.Server.Asked);
    }
}
