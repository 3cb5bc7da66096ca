using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Prompts;
using FinObs.DataPlane.Mcp.Reading;
using FinObs.DataPlane.Mcp.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace FinObs.DataPlane.Mcp;

/// <summary>
/// What one request sees: the tools, resources and prompts that its caller may use through this door. The protocol keeps no sessions here, so there is one of these a request. Lists are the same for the same caller
/// and in a fixed order.
/// </summary>
internal sealed class McpDoor(HttpContext http, bool readOnly, ToolCatalogue tools, IEnumerable<McpResource> resources, IEnumerable<McpPrompt> prompts, CallRunner runner)
{
    /// <summary>Lists change with a caller's roles and with releases only.</summary>
    private static readonly TimeSpan ListsKeep = TimeSpan.FromMinutes(1);

    /// <summary>Takes the place of the options' handlers.</summary>
    public void Open(McpServerOptions options)
    {
        McpServerHandlers handlers = options.Handlers;
        handlers.ListToolsHandler = (_, _) => new(new ListToolsResult { Tools = [.. tools.For(http.User, readOnly).Select(tool => tool.Card.Protocol)], TimeToLive = ListsKeep, CacheScope = CacheScope.Private });
        handlers.CallToolHandler = CallAsync;
        handlers.ListResourcesHandler = (_, _) => new(new ListResourcesResult { Resources = [.. Readable(isTemplate: false).Select(resource => resource.Protocol)], TimeToLive = ListsKeep, CacheScope = CacheScope.Private });
        handlers.ListResourceTemplatesHandler = (_, _) => new(new ListResourceTemplatesResult { ResourceTemplates = [.. Readable(isTemplate: true).Select(resource => resource.Template)], TimeToLive = ListsKeep, CacheScope = CacheScope.Private });
        handlers.ReadResourceHandler = ReadAsync;
        handlers.ListPromptsHandler = (_, _) => new(new ListPromptsResult { Prompts = [.. prompts.Select(prompt => prompt.Protocol)], TimeToLive = ListsKeep, CacheScope = CacheScope.Private });
        handlers.GetPromptHandler = (request, _) => new(PromptOf(request.Params));
    }

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        ToolCall call = new(http, Arguments(request.Params.Arguments), ProgressOf(request));
        if (tools.Find(request.Params.Name) is not { } tool)
        {
            throw Invalid("There is no tool of this name: tools/list has those that you may use.");
        }

        if (!ToolCatalogue.IsOpen(tool, http.User, readOnly))
        {
            await runner.DenyAsync(tool.Card.Name, call, cancellationToken);
            throw Invalid(readOnly && tool.Card.Writes
                ? $"{tool.Card.Name} writes, and this door is for reading: it is at /mcp."
                : $"{call.Actor} lacks {tool.Card.Permission}, which {tool.Card.Name} asks for: ask an administrator, or go on without it.");
        }

        CallResult result = await runner.RunAsync(
            tool.Card.Name, call, TraceOf(request.Params.Meta),
            cancel => tool.Card.Input.Problem(call.Arguments) is { } problem ? Task.FromResult<ToolAnswer>(new ToolAnswer.Refused(problem)) : tool.CallAsync(call, cancel), cancellationToken);
        return new CallToolResult
        {
            IsError = result.IsError,
            Content = [new TextContentBlock { Text = result.Text }],
            StructuredContent = result.IsError ? null : JsonElement.Parse(result.Text),
        };
    }

    private async ValueTask<ReadResourceResult> ReadAsync(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        string address = request.Params.Uri;
        foreach (McpResource resource in resources)
        {
            if (!Caller.Has(http.User, resource.Permission) || !resource.Matches(address, out Dictionary<string, string>? values)) continue;
            ToolCall call = new(http, values.ToDictionary(pair => pair.Key, pair => JsonSerializer.SerializeToElement(pair.Value)), progress: null);
            CallResult result = await runner.RunAsync(resource.Address, call, TraceOf(request.Params.Meta), cancel => resource.ReadAsync(call, cancel), cancellationToken);
            if (result.IsError) throw new McpProtocolException(result.Text, Missing(request.Server));
            string text = resource.MediaType == McpResource.Json ? result.Text : JsonElement.Parse(result.Text).GetProperty("text").GetString()!;
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = address, MimeType = resource.MediaType, Text = text }], TimeToLive = TimeSpan.Zero, CacheScope = CacheScope.Private };
        }

        throw new McpProtocolException("There is no resource at this address, or you may not read it: resources/list and resources/templates/list have those that you may.", Missing(request.Server));
    }

    private GetPromptResult PromptOf(GetPromptRequestParams asked)
    {
        McpPrompt prompt = prompts.FirstOrDefault(one => one.Protocol.Name == asked.Name) ?? throw Invalid("There is no prompt of this name: prompts/list has those there are.");
        Dictionary<string, string> given = (asked.Arguments ?? new Dictionary<string, JsonElement>())
            .Where(pair => pair.Value.ValueKind == JsonValueKind.String).ToDictionary(pair => pair.Key, pair => pair.Value.GetString()!, StringComparer.Ordinal);
        return prompt.Problem(given) is { } problem ? throw Invalid(problem) : prompt.Of(given);
    }

    private IEnumerable<McpResource> Readable(bool isTemplate) => resources.Where(resource => resource.IsTemplate == isTemplate && Caller.Has(http.User, resource.Permission));

    private static Dictionary<string, JsonElement> Arguments(IDictionary<string, JsonElement>? given) => given is null ? [] : new Dictionary<string, JsonElement>(given, StringComparer.Ordinal);

    private static Func<int, int, Task>? ProgressOf(RequestContext<CallToolRequestParams> request) => request.Params.ProgressToken is { } token
        ? (done, total) => request.Server.NotifyProgressAsync(token, new ProgressNotificationValue { Progress = done, Total = total, Message = $"{done:N0} of {total:N0}" })
        : null;

    private static string? TraceOf(System.Text.Json.Nodes.JsonObject? meta) => meta?["traceparent"] is System.Text.Json.Nodes.JsonValue value && value.TryGetValue(out string? trace) ? trace : null;

    private static McpProtocolException Invalid(string why) => new(why, McpErrorCode.InvalidParams);

    /// <summary>What the version of the protocol that is spoken has for it.</summary>
    private static McpErrorCode Missing(McpServer server) =>
        string.CompareOrdinal(server.NegotiatedProtocolVersion, "2026-07-28") >= 0 ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound;
}
