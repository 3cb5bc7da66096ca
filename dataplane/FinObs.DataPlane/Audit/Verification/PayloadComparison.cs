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
            if (was.RootElement.ValueKind != JsonValueKind.Object || @is.RootElement.ValueKind != JsonValueKind.Object) return [];
            var names = was.RootElement.EnumerateObject().Select(p => p.Name).Union(@is.RootElement.EnumerateObject().Select(p => p.Name));
            return [.. names.Where(name => Raw(was, name) != Raw(@is, name)).Select(name => $"'{name}'")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // not JSON, or text that is not UTF-8
        {
            return [];
        }
    }

    private static string? Raw(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : null;
}
