using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.DataPlane.Tests.Resources.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Pulls;

/// <summary>What servers do, and what is then said of the source; real ones, over real sockets.</summary>
public sealed class PullFaultTests
{
    private const string Once = """, "onError":{"suspendAfter":1}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> FailAsync(RequestDelegate answer, string type, string reason, string said, string more = "")
    {
        await using PullBench bench = await PullBench.StartAsync(answer);
        await bench.PutAsync(more.Contains("onError", StringComparison.Ordinal) ? $"{{{more}}}" : $"{{{(more + Once).TrimStart(',', ' ')}}}");
        JsonElement status = await bench.AfterRunsAsync();
        (string holds, string found, string message) = PullBench.Condition(status, type);
        Assert.Equal(("False", reason), (holds, found));
        Assert.Contains(said, message, StringComparison.Ordinal);
        return status;
    }

    [Fact]
    public Task An_error_of_the_server() => FailAsync(
        context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("secret stack");
        },
        "Reachable", "AnsweredWithError", "127.0.0.1 answered 500.");

    [Fact]
    public Task A_server_that_hangs() => FailAsync(
        context => Task.Delay(Timeout.Infinite, context.RequestAborted), "Reachable", "TimedOut", "within 0.2 s", """ "schedule":{"interval":"1h","timeout":"200ms"}""");

    [Fact]
    public Task A_server_that_drips() => FailAsync(
        async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("[");
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ");
                await context.Response.Body.FlushAsync();
                await Task.Delay(20, context.RequestAborted);
            }
        },
        "Reachable", "TimedOut", "within 0.3 s", """ "schedule":{"interval":"1h","timeout":"300ms"}""");

    [Fact]
    public async Task A_server_that_breaks_off_leaves_what_was_whole()
    {
        JsonElement status = await FailAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 10_000;
                await context.Response.WriteAsync($"[{PullBench.Item(1)},{PullBench.Item(2)},");
                await context.Response.Body.FlushAsync();
                context.Abort();
            },
            "Reachable", "ConnectionFailed", "127.0.0.1");
        Assert.Equal(0, status.GetProperty("quarantined").GetInt64());
    }

    [Fact]
    public Task An_answer_that_is_too_large() => FailAsync(
        context => PullBench.Json(context, $"[\"{new string('x', 5000)}\"]"), "SchemaValid", "AnswerNotReadable", "response.maxBytes", """ "response":{"maxBytes":"4Ki"}""");

    [Fact]
    public Task An_answer_that_is_too_large_once_unpacked() => FailAsync(
        async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await using GZipStream packed = new(context.Response.Body, CompressionLevel.SmallestSize);
            await packed.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"[{new string(' ', 1_000_000)}]"));
        },
        "SchemaValid", "AnswerNotReadable", "response.maxBytes", """ "response":{"maxBytes":"100Ki"}""");

    [Fact]
    public async Task What_is_packed_is_unpacked()
    {
        await using PullBench bench = await PullBench.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await using GZipStream packed = new(context.Response.Body, CompressionLevel.Fastest);
            await packed.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"[{PullBench.Item(1)}]"));
        });
        await bench.PutAsync();
        Assert.Equal(1, (await bench.AfterRunsAsync()).GetProperty("lastRun").GetProperty("ingested").GetInt64());
    }

    [Fact]
    public Task A_page_for_people() => FailAsync(
        context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>maintenance</html>");
        },
        "SchemaValid", "AnswerNotReadable", "answered text/html");

    [Fact]
    public async Task JSON_that_breaks_at_an_item_keeps_those_before_it()
    {
        await using PullBench bench = await PullBench.StartAsync(context => PullBench.Json(
            context, $"[{string.Join(',', Enumerable.Range(0, 5000).Select(i => PullBench.Item(i)))},{{\"id\":]"));
        await bench.PutAsync("""{"onError":{"suspendAfter":1}}""");
        JsonElement status = await bench.AfterRunsAsync();
        Assert.Equal("AnswerNotReadable", PullBench.Condition(status, "SchemaValid").Reason);
        Assert.Equal(5000, status.GetProperty("lastRun").GetProperty("ingested").GetInt64());
        Assert.Equal(5000, await bench.StoredAsync());
    }

    [Fact]
    public Task Pages_that_lead_back() => FailAsync(
        context => PullBench.Json(context, $$"""{"data":[{{PullBench.Item(context.Request.Query["c"].Count == 0 ? 1 : context.Request.Query["c"] == "a" ? 2 : 3)}}],"next":"{{(context.Request.Query["c"] == "a" ? "b" : "a")}}"}"""),
        "SchemaValid", "AnswerNotReadable", "lead back", """ "pagination":{"type":"Cursor","cursorPath":"$.next","param":"c"}""");

    [Fact]
    public Task Pages_that_are_all_the_same() => FailAsync(
        context => PullBench.Json(context, $"[{PullBench.Item(1)}]"), "SchemaValid", "AnswerNotReadable", "does not follow pagination.param", """ "pagination":{"type":"Page","param":"p"}""");

    [Fact]
    public Task A_link_to_elsewhere() => FailAsync(
        context =>
        {
            context.Response.Headers.Link = "<https://elsewhere.example/x>; rel=next";
            return PullBench.Json(context, "[]");
        },
        "SchemaValid", "AnswerNotReadable", "elsewhere.example", """ "pagination":{"type":"LinkHeader"}""");

    [Fact]
    public Task A_redirect_to_the_metadata_of_a_cloud() => FailAsync(
        context =>
        {
            context.Response.Redirect("http://169.254.169.254/latest/meta-data/");
            return Task.CompletedTask;
        },
        "Reachable", "AddressForbidden", "169.254.169.254");

    [Fact]
    public Task A_private_address_that_is_not_allowed() => FailAsync(
        context => PullBench.Json(context, "[]"), "Reachable", "AddressForbidden", "network.allowPrivate", """ "network":{}""");

    [Fact]
    public Task An_item_that_is_no_transaction_where_none_may_be() => FailAsync(
        PullBench.Items("{}"), "SchemaValid", "AnswerNotReadable", "onError.badItem", """ "onError":{"badItem":"Fail","suspendAfter":1}""");

    [Fact]
    public async Task A_server_that_is_asked_too_often_says_when_to_come_again()
    {
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7200";
            return Task.CompletedTask;
        });
        await bench.PutAsync();
        JsonElement status = await bench.AfterRunsAsync();
        Assert.InRange(status.GetProperty("nextRun").GetDateTimeOffset() - status.GetProperty("lastRun").GetProperty("at").GetDateTimeOffset(), TimeSpan.FromSeconds(7199), TimeSpan.FromSeconds(7300));
    }

    [Fact]
    public async Task A_token_that_is_refused_in_the_middle_is_renewed()
    {
        await using TokenServer tokens = await TokenServer.StartAsync();
        int asked = 0;
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            if (Interlocked.Increment(ref asked) == 2)
            {
                context.Response.StatusCode = 401;
                return Task.CompletedTask;
            }

            return PullBench.Page(context, pages: 3);
        });
        JsonObject secrets = new() { ["k"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["s"] = Convert.ToBase64String("s"u8) } } };
        await bench.PutAsync(
            $$$$"""{"auth":{"oauth2ClientCredentials":{"tokenUrl":"{{{{tokens.Tokens}}}}","clientId":"c","clientSecretRef":{"name":"k","key":"s"}}},"pagination":{"type":"Page","param":"page"}}""", secrets);
        Assert.Equal(6, (await bench.AfterRunsAsync()).GetProperty("lastRun").GetProperty("ingested").GetInt64());
        Assert.Equal(2, tokens.Issued);
    }

    [Fact]
    public async Task A_cursor_that_the_server_has_forgotten_is_dropped()
    {
        bool forget = false;
        await using PullBench bench = await PullBench.StartAsync(context =>
        {
            if (forget && context.Request.Query.ContainsKey("page") && context.Request.Query["page"] != "1")
            {
                forget = false;
                context.Response.StatusCode = 410;
                return Task.CompletedTask;
            }

            return PullBench.Page(context, pages: 3);
        });
        forget = true;
        await bench.PutAsync("""{"pagination":{"type":"Page","param":"page"},"onError":{"backoffMax":"10ms"}}""");
        await bench.AfterRunsAsync(2);
        Assert.Equal(6, await bench.StoredAsync());
    }

    [Fact]
    public async Task Two_replicas_run_a_source_once()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items(PullBench.Item(1)), DatabaseKind.PostgreSql);
        await using TestDataPlane other = await bench.Host.StartReplicaAsync([.. Door.WithoutModel, "--Pulls:PollPeriod", "00:00:00.050"]);
        await bench.PutAsync("""{"schedule":{"interval":"1s","jitter":"0"}}""");
        await bench.AfterRunsAsync(4);
        List<JsonElement> runs = await bench.RunsAsync();
        DateTimeOffset[] starts = [.. runs.Select(run => run.GetProperty("startedAt").GetDateTimeOffset()).Order()];
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(pair.Second - pair.First > TimeSpan.FromMilliseconds(900), $"{pair.First:O} {pair.Second:O}"));
        Assert.Equal(1, await bench.StoredAsync());
    }

    [Fact]
    public async Task A_lease_of_a_clock_that_was_put_back_holds_nobody_off()
    {
        await using PullBench bench = await PullBench.StartAsync(PullBench.Items(PullBench.Item(1)));
        await bench.PutAsync();
        await bench.AfterRunsAsync();
        await using (FinObsDbContext db = bench.Host.Services.GetRequiredService<IDatabase>().CreateContext())
        {
            DateTimeOffset later = TimeProvider.System.GetUtcNow().AddDays(10);
            await db.PullSources.ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseOwner, Guid.Empty).SetProperty(row => row.LeaseUntil, later), Stop);
        }

        await bench.TriggerAsync();
        await bench.AfterRunsAsync(2);
    }

    [Fact]
    public async Task A_run_that_lost_its_source_writes_nothing_more()
    {
        TaskCompletionSource reached = new(), go = new();
        int asked = 0;
        await using PullBench bench = await PullBench.StartAsync(
            async context =>
            {
                if (Interlocked.Increment(ref asked) == 1)
                {
                    reached.SetResult();
                    await go.Task.WaitAsync(context.RequestAborted);
                }

                await PullBench.Page(context, pages: 3);
            });
        await bench.PutAsync("""{"concurrencyPolicy":"Replace","schedule":{"interval":"1h","timeout":"60s"},"pagination":{"type":"Page","param":"page"}}""");
        await reached.Task.WaitAsync(Stop);
        await bench.TriggerAsync();
        await bench.AfterRunsAsync();
        go.SetResult();
        await Door.UntilAsync(() => Task.FromResult(asked), count => count >= 5);
        Assert.Equal("Completed", Assert.Single(await bench.RunsAsync()).GetProperty("outcome").GetString());
        Assert.False((await bench.StatusAsync()).TryGetProperty("cursor", out _));
    }

    [Fact]
    public async Task A_source_that_is_deleted_in_the_middle_stops_at_the_next_page()
    {
        TaskCompletionSource reached = new(), go = new();
        await using PullBench bench = await PullBench.StartAsync(async context =>
        {
            reached.TrySetResult();
            await go.Task.WaitAsync(context.RequestAborted);
            await PullBench.Page(context, pages: 100);
        });
        await bench.PutAsync("""{"schedule":{"interval":"1h","timeout":"60s"},"pagination":{"type":"Page","param":"page"}}""");
        await reached.Task.WaitAsync(Stop);
        Assert.Equal(202, (await bench.Door.DeleteAsync(PullBench.Path)).Status);
        go.SetResult();
        await Door.UntilAsync(() => bench.Door.GetAsync(PullBench.Path), answer => answer.Status == 404);
        Assert.InRange(bench.Server.Asked.Count, 1, 3);
    }
}
