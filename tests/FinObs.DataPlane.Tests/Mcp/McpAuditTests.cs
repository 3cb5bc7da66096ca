using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Tests.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>Each call leaves one leaf and one span.</summary>
public sealed class McpAuditTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Each_call_has_a_leaf_with_who_what_and_outcome_in_the_callers_trace_and_no_argument_in_it(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string token = await host.Issuer.TokenAsync("ada", "viewer");
        string actor = $"user:{await host.IdOfAsync(token)}";
        await CallAsync(host, token, "get_transaction", """{"id":"DE89370400440532013000"}""", $"00-{Trace}-00f067aa0ba902b7-01");
        await CallAsync(host, token, "list_incidents", "{}", null);
        await CallAsync(host, token, "ingest_transactions", """{"transactions":[]}""", null);

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        AuditLeaf[] leaves = await db.AuditLeaves.Where(leaf => leaf.Kind == McpCallActs.Kind).OrderBy(leaf => leaf.Id).ToArrayAsync(Stop);
        Assert.All(leaves, leaf => Assert.Equal(actor, LeafDocument.Parse(leaf.Leaf).Actor));
        Assert.Equal(Trace, LeafDocument.Parse(leaves[0].Leaf).Trace);
        JsonElement[] payloads = [.. (await PayloadsAsync(host, db, leaves)).Select(text => JsonElement.Parse(text))];
        Assert.Equal(["get_transaction refused", "list_incidents ok", "ingest_transactions denied"], payloads.Select(one => $"{one.GetProperty("tool").GetString()} {one.GetProperty("outcome").GetString()}"));
        Assert.All(payloads, one => Assert.Equal(64, one.GetProperty("argumentsSha256").GetString()!.Length));
        Assert.DoesNotContain("DE89370400440532013000", string.Join("", payloads.Select(one => one.GetRawText())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_examiner_asks_is_in_the_payload_of_the_leaf()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string token = await host.Issuer.TokenAsync("from-the-agency", "examiner");
        await CallAsync(host, token, "list_incidents", """{"limit":7}""", null);

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        AuditLeaf[] leaves = await db.AuditLeaves.Where(leaf => leaf.Kind == McpCallActs.Kind).ToArrayAsync(Stop);
        Assert.Equal("""{"limit":7}""", JsonElement.Parse(Assert.Single(await PayloadsAsync(host, db, leaves))).GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Each_call_is_one_span_that_names_the_tool_and_its_outcome()
    {
        List<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == FinObsTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans) spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        await using McpClients clients = new(host);
        await (await clients.ConnectAsync()).AnswerAsync("list_incidents");
        string marked = "list_incidents";

        Activity[] calls;
        lock (spans) calls = [.. spans.Where(span => span.OperationName == Steps.McpCall && (string?)span.GetTagItem("mcp.tool") == marked)];
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Equal(CallOutcomes.Ok, call.GetTagItem("finobs.outcome")));
    }

    private static async Task<string[]> PayloadsAsync(OidcHost host, FinObsDbContext db, AuditLeaf[] leaves)
    {
        var opened = await host.Host.Services.GetRequiredService<PayloadVault>().OpenAsync(db, leaves, Stop);
        return [.. opened.Select(state => Encoding.UTF8.GetString(Assert.IsType<PayloadState.Opened>(state).Payload.Payload))];
    }

    /// <summary>By hand: the envelope's own traceparent.</summary>
    private static async Task CallAsync(OidcHost host, string token, string tool, string arguments, string? traceparent)
    {
        Dictionary<string, object> parameters = new() { ["name"] = tool, ["arguments"] = JsonElement.Parse(arguments) };
        if (traceparent is not null) parameters["_meta"] = new { traceparent };
        using HttpRequestMessage request = new(HttpMethod.Post, "/mcp") { Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = parameters }) };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("Authorization", $"Bearer {token}");
        using HttpResponseMessage answer = await host.Client.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        await answer.Content.ReadAsStringAsync(Stop);
    }
}
