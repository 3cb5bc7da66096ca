using System.Text.Json;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Mcp.Tools;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

public sealed class ConnectSnippetsTests
{
    private const string Address = "https://finobs.bank.example";

    [Theory]
    [InlineData("claude-desktop", "mcpServers")]
    [InlineData("cursor", "mcpServers")]
    [InlineData("windsurf", "mcpServers")]
    [InlineData("vscode", "servers")]
    public void Configuration_is_json_that_names_this_host_and_shows_a_key_only_where_one_is_asked_for(string client, string member)
    {
        JsonElement open = JsonElement.Parse(new ConnectSnippets(Address, needsKey: false).Mcp(client, writes: false).Text);
        string closed = new ConnectSnippets(Address, needsKey: true).Mcp(client, writes: true).Text;

        Assert.Contains($"{Address}/mcp/readonly", open.GetProperty(member).GetProperty("finobs").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", open.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Authorization", JsonElement.Parse(closed).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("readonly", closed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shell_is_given_the_command_of_the_guide()
    {
        Assert.Equal($"claude mcp add --transport http finobs {Address}/mcp/readonly --header \"Authorization: Bearer fok_…\"", new ConnectSnippets(Address, needsKey: true).Mcp("claude-code", writes: false).Text);
    }

    [Fact]
    public async Task What_a_tool_is_tried_with_first_is_taken_by_its_own_schema()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        IEnumerable<McpTool> tools = host.Services.GetServices<McpTool>();

        Assert.NotEmpty(tools);
        Assert.All(tools, tool =>
        {
            string example = ToolExample.Of(tool.Card.Input.Schema, Guid.AllBitsSet);
            string? problem = tool.Card.Input.Problem(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(example)!);
            Assert.True(problem is null || tool.Card.Name is "get_experiment" or "propose_action", $"{tool.Card.Name}: {problem}");
        });
    }
}
