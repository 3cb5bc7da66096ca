using System.Text.Json;
using System.Text.Json.Nodes;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Something to paste.</summary>
/// <param name="Where">Where it goes, in words.</param>
/// <param name="Text">Itself.</param>
internal sealed record Snippet(string Where, string Text);

/// <summary>A client of the Model Context Protocol.</summary>
/// <param name="Key">In addresses.</param>
/// <param name="Name">As its makers call it.</param>
internal sealed record McpClientName(string Key, string Name);

/// <summary>What connects others with this host: for this address, with the key where one is asked for. The same as in docs/mcp.md.</summary>
/// <param name="baseAddress">Where clients reach this host, without a slash at its end.</param>
/// <param name="needsKey">Access is configured.</param>
internal sealed class ConnectSnippets(string baseAddress, bool needsKey)
{
    public static readonly McpClientName[] Clients =
        [new("claude-code", "Claude Code"), new("claude-desktop", "Claude Desktop"), new("cursor", "Cursor"), new("windsurf", "Windsurf"), new("vscode", "VS Code"), new("other", "Any other")];

    private const string Placeholder = "Bearer fok_…";

    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What curl shows with each request: nothing where nobody has to say who they are.</summary>
    private string Shown => needsKey ? " -H \"Authorization: Bearer $FINOBS_KEY\"" : "";

    public Snippet Mcp(string client, bool writes)
    {
        string address = $"{baseAddress}/mcp{(writes ? "" : "/readonly")}";
        return client switch
        {
            "claude-desktop" => new("claude_desktop_config.json; it starts a bridge to the address", Json("mcpServers", Bridge(address))),
            "cursor" => new(".cursor/mcp.json", Json("mcpServers", Entry("url", address, Placeholder))),
            "windsurf" => new("~/.codeium/windsurf/mcp_config.json", Json("mcpServers", Entry("serverUrl", address, Placeholder))),
            "vscode" => new(".vscode/mcp.json; it asks for the key once and keeps it", VsCode(address)),
            "other" => new("Streamable HTTP, without sessions", $"{address}{(needsKey ? $"\nAuthorization: {Placeholder}" : "")}"),
            _ => new("in a shell", $"claude mcp add --transport http finobs {address}{(needsKey ? $" --header \"Authorization: {Placeholder}\"" : "")}"),
        };
    }

    public Snippet Send => new(
        "one, an array of up to 10,000, or NDJSON of any length",
        $$"""
        curl -s {{baseAddress}}/webhooks/transactions{{Shown}} -H 'Content-Type: application/json' -d '{
          "transaction_id": "first", "amount": 9800, "type": "wire", "account": "acc-1", "counterparty": "new-payee"}'
        """);

    public Snippet Listen => new("Server-Sent Events; send the last id as Last-Event-ID and none is missed", $"curl -N{Shown} '{baseAddress}/webhooks/stream?flagged_only=true'");

    public Snippet Told => new(
        "signed after Standard Webhooks; the answer holds the signing secret, once",
        $$"""curl -s {{baseAddress}}/webhooks/callbacks{{Shown}} -H 'Content-Type: application/json' -d '{"url": "https://risk.example.com/hooks/finobs"}'""");

    public Snippet Pull => new(
        "a place that FinObs asks by itself",
        $$"""
        curl -s {{baseAddress}}/webhooks/pull/sources{{Shown}} -H 'Content-Type: application/json' -d '{"name": "core bank",
          "url": "https://core.example.com/transactions", "interval_seconds": 300}'
        """);

    private string VsCode(string address)
    {
        JsonObject server = new() { ["type"] = "http", ["url"] = address };
        JsonObject document = [];
        if (needsKey)
        {
            server["headers"] = new JsonObject { ["Authorization"] = "Bearer ${input:finobs-key}" };
            document["inputs"] = new JsonArray(new JsonObject { ["type"] = "promptString", ["id"] = "finobs-key", ["description"] = "FinObs key", ["password"] = true });
        }

        document["servers"] = new JsonObject { ["finobs"] = server };
        return document.ToJsonString(Pretty);
    }

    private JsonObject Bridge(string address)
    {
        JsonArray arguments = ["-y", "mcp-remote", address];
        JsonObject entry = new() { ["command"] = "npx", ["args"] = arguments };
        if (needsKey)
        {
            arguments.Add((JsonNode)"--header");
            arguments.Add((JsonNode)"Authorization:${FINOBS_KEY}");
            entry["env"] = new JsonObject { ["FINOBS_KEY"] = Placeholder };
        }

        return entry;
    }

    private JsonObject Entry(string member, string address, string shown)
    {
        JsonObject entry = new() { [member] = address };
        if (needsKey)
        {
            entry["headers"] = new JsonObject { ["Authorization"] = shown };
        }

        return entry;
    }

    private static string Json(string member, JsonObject entry) => new JsonObject { [member] = new JsonObject { ["finobs"] = entry } }.ToJsonString(Pretty);
}
