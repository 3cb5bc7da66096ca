using System.Net;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Access;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>Who comes in by which door, and sees what there: with a real issuer, keys, and over the port.</summary>
public sealed class McpAccessTests
{
    private const string ToolsList = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""";
    private static readonly string[] KeyPermissions = [Permissions.ExplainRead, Permissions.TransactionCreate];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Each_caller_sees_the_tools_of_their_permissions_and_hears_which_one_they_lack(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        await using McpClients clients = new(host.Host);
        string admin = await host.Issuer.TokenAsync("boss", Roles.Admin);
        string viewer = await host.Issuer.TokenAsync("ada", Roles.Viewer);
        var key = await host.AskAsync(HttpMethod.Post, "/v1/access/keys", OidcHost.OperatorKey, new { name = "assistant", permissions = KeyPermissions });

        McpClient viewing = await clients.ConnectAsync(viewer);
        string[] ofViewer = await NamesAsync(viewing);
        McpClient keyed = await clients.ConnectAsync(key.Body.GetProperty("key").GetString());
        string[] ofKey = await NamesAsync(keyed);

        Assert.Equal(19, (await NamesAsync(await clients.ConnectAsync(admin))).Length);
        Assert.Equal(
            ["check_transaction_compliance", "explain_transaction", "get_case", "get_compliance_metrics", "get_drift_status", "get_experiment", "get_model_leaderboard", "get_model_version", "get_transaction", "list_approvals", "list_incidents", "what_if"],
            ofViewer.Order(StringComparer.Ordinal));
        Assert.Equal(["check_transaction_compliance", "explain_transaction", "ingest_transactions", "what_if"], ofKey.Order(StringComparer.Ordinal));
        McpProtocolException lacking = await Assert.ThrowsAsync<McpProtocolException>(async () => await viewing.CallToolAsync("ingest_transactions", cancellationToken: Stop));
        Assert.Contains("lacks transaction:create", lacking.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await viewing.ListResourcesAsync(cancellationToken: Stop)).Count);
        Assert.Empty(await keyed.ListResourcesAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task The_door_for_reading_has_no_tool_that_writes_whoever_comes()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        await using McpClients clients = new(host.Host);
        McpClient client = await clients.ConnectAsync(await host.Issuer.TokenAsync("boss", Roles.Admin), "/mcp/readonly");

        IList<McpClientTool> tools = await client.ListToolsAsync(cancellationToken: Stop);
        McpProtocolException refused = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("propose_action", cancellationToken: Stop));

        Assert.Equal(17, tools.Count);
        Assert.All(tools, tool => Assert.True(tool.ProtocolTool.Annotations!.ReadOnlyHint));
        Assert.Contains("it is at /mcp", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_shows_nothing_is_told_where_it_is_written_whose_tokens_count()
    {
        await using OidcHost host = await OidcHost.StartAsync();

        using HttpResponseMessage nobody = await PostAsync(host.Client, "/mcp", null);
        using HttpResponseMessage wrong = await PostAsync(host.Client, "/mcp/readonly", "wrong");
        string at = nobody.Headers.WwwAuthenticate.ToString().Split('"')[1];
        JsonElement metadata = JsonElement.Parse(await host.Client.GetStringAsync(new Uri(at), Stop));

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal($"{host.Client.BaseAddress}.well-known/oauth-protected-resource/mcp", at);
        Assert.StartsWith("Bearer error=\"invalid_token\", resource_metadata=\"", wrong.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal($"{host.Client.BaseAddress}mcp", metadata.GetProperty("resource").GetString());
        Assert.Equal(host.Issuer.Authority, metadata.GetProperty("authorization_servers")[0].GetString());
        Assert.Equal("header", metadata.GetProperty("bearer_methods_supported")[0].GetString());
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            await using McpClients clients = new(host.Host);
            await clients.ConnectAsync();
        });
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused_and_one_of_this_host_or_a_named_one_is_not()
    {
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, "--Access:Cors:Origins:0", "https://desk.bank.example");
        string token = await host.Issuer.TokenAsync("ada", Roles.Viewer);

        using HttpResponseMessage foreign = await PostAsync(host.Client, "/mcp", token, "https://evil.example");
        using HttpResponseMessage own = await PostAsync(host.Client, "/mcp", token, host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using HttpResponseMessage named = await PostAsync(host.Client, "/mcp", token, "https://desk.bank.example");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK), (foreign.StatusCode, own.StatusCode, named.StatusCode));
    }

    [Fact]
    public async Task Where_no_access_is_configured_names_of_other_machines_and_their_pages_are_refused()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        using HttpRequestMessage rebound = Request("/mcp", null, origin: null);
        rebound.Headers.Host = "evil.example";

        using HttpResponseMessage byName = await host.Client.SendAsync(rebound, Stop);
        using HttpResponseMessage byPage = await PostAsync(host.Client, "/mcp", null, "http://evil.example");
        using HttpResponseMessage metadata = await host.Client.GetAsync(new Uri("/.well-known/oauth-protected-resource/mcp", UriKind.Relative), Stop);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.NotFound), (byName.StatusCode, byPage.StatusCode, metadata.StatusCode));
    }

    [Fact]
    public async Task Calls_count_among_the_requests_of_a_minute()
    {
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, "--Access:RateLimit:RequestsPerMinute", "3");
        string token = await host.Issuer.TokenAsync("ada", Roles.Viewer);
        List<HttpStatusCode> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await PostAsync(host.Client, "/mcp", token);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses);
    }

    private static async Task<string[]> NamesAsync(McpClient client) => [.. (await client.ListToolsAsync(cancellationToken: Stop)).Select(tool => tool.Name)];

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string? shown, string? origin = null)
    {
        using HttpRequestMessage request = Request(path, shown, origin);
        return await client.SendAsync(request, Stop);
    }

    private static HttpRequestMessage Request(string path, string? shown, string? origin)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(ToolsList, Encoding.UTF8, "application/json") };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (shown is not null) request.Headers.Add("Authorization", $"Bearer {shown}");
        if (origin is not null) request.Headers.Add("Origin", origin);
        return request;
    }
}
