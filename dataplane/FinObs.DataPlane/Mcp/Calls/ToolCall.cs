using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>One call: who asks, with which arguments, and whom to tell how far it is.</summary>
internal sealed class ToolCall(HttpContext http, IReadOnlyDictionary<string, JsonElement> arguments, Func<int, int, Task>? progress)
{
    public HttpContext Http => http;

    public IReadOnlyDictionary<string, JsonElement> Arguments => arguments;

    /// <summary>As the audit log names it.</summary>
    public string Actor => Caller.NameOf(http);

    public string Namespace => Text("namespace") ?? ModelRouter.DefaultNamespace;

    public bool May(string permission) => Caller.Has(http.User, permission);

    public string? Text(string name) => Given(name) is { } value ? value.GetString() : null;

    public int? Whole(string name) => Given(name) is { } value ? (int)value.GetDouble() : null;

    public decimal? Number(string name) => Given(name) is { } value ? value.GetDecimal() : null;

    public Guid? Id(string name) => Text(name) is { } text ? Guid.Parse(text) : null;

    public DateTimeOffset? Instant(string name) =>
        Text(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null;

    public JsonElement? Given(string name) =>
        arguments.TryGetValue(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>Tells a client that wants to know.</summary>
    public Task ReportAsync(int done, int total) => progress?.Invoke(done, total) ?? Task.CompletedTask;
}
