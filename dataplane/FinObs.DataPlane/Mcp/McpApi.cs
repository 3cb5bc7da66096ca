using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Tools;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Mcp;

/// <summary>The doors of the protocol, and what is said about them.</summary>
internal static class McpApi
{
    public const string Path = "/mcp";
    public const string ReadOnlyPath = "/mcp/readonly";
    private const string MetadataPath = "/.well-known/oauth-protected-resource";

    public static void MapMcpServer(this WebApplication app)
    {
        app.Use(McpOrigins.GuardAsync);
        Uri? publicUrl = app.Services.GetRequiredService<IOptions<McpOptions>>().Value.PublicUrl;
        foreach (string path in (string[])[Path, ReadOnlyPath])
        {
            app.MapMcp(path).RequireAnyPermission().WithMetadata(new McpEndpoint(path == ReadOnlyPath), new ProtectedResource(MetadataPath + path, publicUrl)).WithTags("MCP");
        }

        RouteGroupBuilder group = app.MapGroup("").WithTags("MCP");
        group.MapGet("/mcp/stats", (CallStatistics statistics) => TypedResults.Ok(statistics.Read())).RequirePermission(Permissions.SystemMetricsRead).WithName("McpStats")
            .WithSummary("How often the tools were called, how long it took, and the last ten calls; of this process, since its start.");
        group.MapGet("/mcp/tools", List).RequireAnyPermission().WithName("McpTools").WithSummary("The tools that the caller may use, with what they take, and the permission that each asks for.");
        foreach (string path in (string[])["", Path, ReadOnlyPath])
        {
            group.MapGet(MetadataPath + path, Metadata).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static Ok<McpToolList> List(HttpContext context, ToolCatalogue catalogue)
    {
        McpTool[] tools = [.. catalogue.For(context.User, readOnly: false)];
        return TypedResults.Ok(new McpToolList(
            Path, "streamable-http", tools.Length,
            [.. tools.Select(tool => new McpToolAnswer(tool.Card.Name, tool.Card.Title, tool.Card.Description, tool.Card.Permission, !tool.Card.Writes, tool.Card.Input.Schema))]));
    }

    /// <summary>RFC 9728: which issuer's tokens open these doors.</summary>
    private static Results<Ok<ProtectedResourceAnswer>, ProblemHttpResult> Metadata(HttpContext context, IOptions<AccessOptions> access, IOptions<McpOptions> options)
    {
        if (!access.Value.Oidc.IsConfigured)
        {
            return TypedResults.Problem("No issuer is configured here (Access:Oidc): show a key as Authorization: Bearer fok_….", statusCode: StatusCodes.Status404NotFound, title: "No issuer.");
        }

        string path = context.Request.Path.Value![MetadataPath.Length..];
        return TypedResults.Ok(new ProtectedResourceAnswer($"{ProtectedResource.HostOf(context, options.Value.PublicUrl)}{(path.Length == 0 ? Path : path)}", [access.Value.Oidc.Authority!], ["header"], "FinObs"));
    }
}

/// <summary>The tools of a caller.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Transport">How.</param>
/// <param name="ToolCount">How many.</param>
/// <param name="Tools">In order.</param>
internal sealed record McpToolList(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("transport")] string Transport,
    [property: JsonPropertyName("tool_count")] int ToolCount,
    [property: JsonPropertyName("tools")] IReadOnlyList<McpToolAnswer> Tools);

/// <summary>A tool.</summary>
internal sealed record McpToolAnswer(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("permission")] string Permission,
    [property: JsonPropertyName("read_only")] bool ReadOnly,
    [property: JsonPropertyName("parameters")] JsonElement Parameters);

/// <summary>OAuth 2.0 Protected Resource Metadata (RFC 9728).</summary>
/// <param name="Resource">What the token is for: to be among the issuer's audiences.</param>
/// <param name="AuthorizationServers">Whose tokens.</param>
/// <param name="BearerMethodsSupported">How they are shown.</param>
/// <param name="ResourceName">For people.</param>
internal sealed record ProtectedResourceAnswer(
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string> AuthorizationServers,
    [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethodsSupported,
    [property: JsonPropertyName("resource_name")] string ResourceName);
