using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>The SDK's own client, over the host's real port. Each answer is held against the tool's published output schema.</summary>
internal sealed class McpClients(TestDataPlane host) : IAsyncDisposable
{
    private readonly ConcurrentBag<McpClient> _open = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="shown">Bearer; null = nothing.</param>
    /// <param name="path">Which door.</param>
    /// <param name="version">Of the protocol; null = the newest that both speak.</param>
    public async Task<McpClient> ConnectAsync(string? shown = null, string path = "/mcp", string? version = null)
    {
        HttpClientTransportOptions options = new()
        {
            Endpoint = new Uri(host.Client.BaseAddress!, path),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = shown is null ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {shown}" },
        };
        McpClient client = await McpClient.CreateAsync(new HttpClientTransport(options), new McpClientOptions { ProtocolVersion = version }, cancellationToken: Stop);
        _open.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (McpClient client in _open)
        {
            await client.DisposeAsync();
        }
    }
}

internal static class McpCalls
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What a tool answers, which is the same as text and as structure, and as its schema says.</summary>
    public static async Task<JsonElement> AnswerAsync(this McpClient client, string tool, object? arguments = null, IProgress<ModelContextProtocol.ProgressNotificationValue>? progress = null)
    {
        CallToolResult result = await client.CallToolAsync(tool, Members(arguments), progress, cancellationToken: Stop);
        string text = TextOf(result);
        Assert.False(result.IsError ?? false, text);
        JsonElement answer = result.StructuredContent!.Value;
        Assert.True(JsonElement.DeepEquals(answer, JsonElement.Parse(text)), "The text is another answer than the structure.");
        McpClientTool card = (await client.ListToolsAsync(cancellationToken: Stop)).Single(one => one.Name == tool);
        Assert.Empty(SchemaValidator.Problems(answer, card.ProtocolTool.OutputSchema!.Value));
        return answer;
    }

    /// <summary>Why a tool refuses.</summary>
    public static async Task<string> RefusalAsync(this McpClient client, string tool, object? arguments = null)
    {
        CallToolResult result = await client.CallToolAsync(tool, Members(arguments), cancellationToken: Stop);
        Assert.True(result.IsError, TextOf(result));
        Assert.Null(result.StructuredContent);
        return TextOf(result);
    }

    private static string TextOf(CallToolResult result) => ((TextContentBlock)Assert.Single(result.Content)).Text;

    public static Dictionary<string, object?>? Members(object? arguments) =>
        arguments is null ? null : JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
}
