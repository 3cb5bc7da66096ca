using System.Text.Encodings.Web;
using System.Text.Json;
using FinObs.DataPlane.Mcp.Tools;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>What clients are told of the tools.</summary>
public sealed class ToolListTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tools_are_as_somebody_last_looked_at_them_whatever_version_of_the_protocol_is_spoken()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        await using McpClients clients = new(host);
        List<string> lists = [];
        foreach (string? version in new[] { null, "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" })
        {
            McpClient client = await clients.ConnectAsync(version: version);
            Assert.Equal(version ?? "2026-07-28", client.NegotiatedProtocolVersion);
            Assert.Equal("finobs", client.ServerInfo?.Name);
            lists.Add(Text(await client.ListToolsAsync(cancellationToken: Stop)));
        }

        Assert.All(lists, list => Assert.Equal(lists[0], list));
        Snapshot.Matches("tools.json", lists[0]);
    }

    /// <summary>A model reads all of them before its first word.</summary>
    [Fact]
    public async Task Every_tool_says_who_may_what_and_the_list_is_short_enough_to_be_read()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        McpTool[] tools = [.. host.Services.GetServices<McpTool>()];

        Assert.Equal(tools.Length, tools.Select(tool => tool.Card.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Subset(FinObs.DataPlane.Access.Permissions.All.ToHashSet(), tools.Select(tool => tool.Card.Permission).ToHashSet());
        Assert.All(tools, tool => Assert.InRange(tool.Card.Description.Length, 80, 700));
        Assert.Equal(["ingest_transactions", "propose_action"], tools.Where(tool => tool.Card.Writes).Select(tool => tool.Card.Name).Order(StringComparer.Ordinal));
        JsonElement list = await host.GetAsync("/mcp/tools");
        Assert.Equal(tools.Select(tool => tool.Card.Name), list.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        Assert.Equal(tools.Length, list.GetProperty("tool_count").GetInt32());
        Assert.All(list.GetProperty("tools").EnumerateArray(), tool => Assert.Equal("object", tool.GetProperty("parameters").GetProperty("type").GetString()));
    }

    private static string Text(IEnumerable<McpClientTool> tools) => JsonSerializer.Serialize(
        tools.Select(tool => new
        {
            name = tool.ProtocolTool.Name,
            title = tool.ProtocolTool.Title,
            description = tool.ProtocolTool.Description,
            annotations = tool.ProtocolTool.Annotations,
            inputSchema = tool.ProtocolTool.InputSchema,
            outputSchema = tool.ProtocolTool.OutputSchema,
        }),
        Indented);
}
