using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.DataPlane.Tests.Resources.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Pulls;

/// <summary>A real host that pulls from a real server.</summary>
internal sealed class PullBench : IAsyncDisposable
{
    public const string Path = "/v1/namespaces/default/pullsources/bank";

    private readonly bool _ownsHost;

    private PullBench(TestDataPlane host, Sink server, bool ownsHost)
    {
        (Host, Server, _ownsHost) = (host, server, ownsHost);
        Door = new Door(host);
    }

    public TestDataPlane Host { get; }

    public Sink Server { get; }

    public Door Door { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<PullBench> StartAsync(RequestDelegate answer, DatabaseKind kind = DatabaseKind.Sqlite, params string[] args) => new(
        await TestDataPlane.StartAsync(kind, [.. Door.WithoutModel, "--Pulls:PollPeriod", "00:00:00.050", .. args]), await Sink.StartAsync(answer), ownsHost: true);

    /// <summary>The server's items as our own JSON array.</summary>
    public static RequestDelegate Items(params string[] items) => context => Json(context, $"[{string.Join(',', items)}]");

    public static Task Json(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    public static string Item(int i, string extra = "") => $$"""{"id":"t-{{i}}","amt":{{i + 1}}{{extra}}}""";

    /// <summary>Two items a page, by number, cursor or link.</summary>
    public static Task Page(HttpContext context, int pages)
    {
        IQueryCollection query = context.Request.Query;
        int page = int.Parse(query["page"].FirstOrDefault() ?? query["after"].FirstOrDefault() ?? "1");
        if (page < pages)
        {
            context.Response.Headers.Link = $"</api?page=0>; rel=\"first\", </api?page={page + 1}>; rel=\"next\"";
        }

        string items = page > pages ? "" : $"{Item(2 * page)},{Item((2 * page) + 1)}";
        return Json(context, $$$"""{"data":[{{{items}}}],"meta":{"next":{{{(page < pages ? $"\"{page + 1}\"" : "null")}}}}}""");
    }

    /// <summary>A spec that is due once, with what is given on top.</summary>
    public JsonObject Spec(string more = "{}")
    {
        JsonObject spec = new()
        {
            ["url"] = new Uri(Server.Url, "/api").ToString(),
            ["schedule"] = new JsonObject { ["interval"] = "1h", ["timeout"] = "2s" },
            ["mapping"] = new JsonObject { ["transactionId"] = "$.id", ["amount"] = "$.amt", ["accountId"] = "$.account" },
            ["network"] = new JsonObject { ["allowedCidrs"] = new JsonArray("127.0.0.0/8") },
        };
        foreach ((string name, JsonNode? value) in JsonNode.Parse(more)!.AsObject().ToList())
        {
            spec[name] = value?.DeepClone();
        }

        return spec;
    }

    public async Task PutAsync(string more = "{}", JsonObject? secrets = null)
    {
        DoorAnswer answer = await Door.PutAsync(new JsonObject { ["managedBy"] = "Api", ["spec"] = Spec(more), ["secrets"] = secrets }, Path);
        Assert.True(answer.Status is 200 or 201, answer.Text);
    }

    /// <summary>The status once so many runs are over.</summary>
    public async Task<JsonElement> AfterRunsAsync(int runs = 1)
    {
        await Door.UntilAsync(RunsAsync, found => found.Count >= runs);
        return await StatusAsync();
    }

    public async Task<JsonElement> StatusAsync() => (await Door.GetAsync($"{Path}/status")).Json.GetProperty("status");

    public async Task<List<JsonElement>> RunsAsync()
    {
        DoorAnswer answer = await Door.GetAsync($"{Path}/runs");
        return answer.Status == 200 ? [.. answer.Json.GetProperty("runs").EnumerateArray()] : [];
    }

    public async Task TriggerAsync() => Assert.Equal(202, (await Door.SendAsync(HttpMethod.Post, $"{Path}/trigger")).Status);

    public async Task<int> StoredAsync()
    {
        await using FinObsDbContext db = Host.Services.GetRequiredService<IDatabase>().CreateContext();
        return await db.Transactions.CountAsync(Stop);
    }

    public static (string Status, string Reason, string Message) Condition(JsonElement status, string type)
    {
        JsonElement found = status.GetProperty("conditions").EnumerateArray().Single(condition => condition.GetProperty("type").GetString() == type);
        return (found.GetProperty("status").GetString()!, found.GetProperty("reason").GetString()!, found.GetProperty("message").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_ownsHost)
        {
            await Host.DisposeAsync();
        }
    }
}
