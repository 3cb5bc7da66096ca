using System.Text.Json;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Says where a live row's projection departs from the payload that was proven, by member, without quoting values (they may be personal).</summary>
internal static class PayloadComparison
{
    public static string Describe(ReadOnlyMemory<byte> proven, ReadOnlyMemory<byte> live)
    {
        var at = proven.Span.CommonPrefixLength(live.Span);
        return Members(proven, live) is { Count: > 0 } members
            ? $"the row differs from the proven payload in {string.Join(", ", members)} (first at byte {at} of the payload)"
            : $"the row's projection differs from the proven payload from byte {at} on";
    }

    private static List<string> Members(ReadOnlyMemory<byte> proven, ReadOnlyMemory<byte> live)
    {
        try
        {
            using var was = JsonDocument.Parse(proven);
            using var @is = JsonDocument.Parse(live);
            return [.. Differences(was.RootElement, @is.RootElement, "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // not JSON, or text that is not UTF-8
        {
            return [];
        }
    }

    /// <summary>Paths of the innermost members that differ; arrays count as one value.</summary>
    private static IEnumerable<string> Differences(JsonElement was, JsonElement @is, string path)
    {
        if (was.ValueKind != JsonValueKind.Object || @is.ValueKind != JsonValueKind.Object)
            return path.Length == 0 || (was.ValueKind == @is.ValueKind && JsonElement.DeepEquals(was, @is)) ? [] : [$"'{path}'"];
        var names = was.EnumerateObject().Select(p => p.Name).Union(@is.EnumerateObject().Select(p => p.Name));
        return names.SelectMany(name => Differences(Member(was, name), Member(@is, name), path.Length == 0 ? name : $"{path}.{name}"));
    }

    private static JsonElement Member(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : default;
}
