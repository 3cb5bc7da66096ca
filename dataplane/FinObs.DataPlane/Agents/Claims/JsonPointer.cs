using System.Globalization;
using System.Text.Json;

namespace FinObs.DataPlane.Agents.Claims;

/// <summary>Finds a value in a JSON document by a pointer (RFC 6901).</summary>
internal static class JsonPointer
{
    /// <summary>The value; null where the pointer names nothing, or is none.</summary>
    public static JsonElement? Find(JsonElement root, string pointer)
    {
        if (pointer.Length == 0)
        {
            return root;
        }

        if (pointer[0] != '/')
        {
            return null;
        }

        JsonElement at = root;
        foreach (string token in pointer[1..].Split('/'))
        {
            if (Unescape(token) is not { } name || Step(at, name) is not { } next)
            {
                return null;
            }

            at = next;
        }

        return at;
    }

    private static JsonElement? Step(JsonElement at, string name) => at.ValueKind switch
    {
        JsonValueKind.Object => at.TryGetProperty(name, out JsonElement member) ? member : null,
        JsonValueKind.Array => IndexOf(name) is { } index && index < at.GetArrayLength() ? at[index] : null,
        _ => null,
    };

    /// <summary>Section 4: digits without a leading zero.</summary>
    private static int? IndexOf(string name) =>
        (name.Length == 1 || !name.StartsWith('0')) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;

    /// <summary>Section 3: ~1 is a slash and ~0 a tilde, in this order; any other tilde is an error.</summary>
    private static string? Unescape(string token)
    {
        if (!token.Contains('~', StringComparison.Ordinal))
        {
            return token;
        }

        for (int i = 0; i < token.Length; i++)
        {
            if (token[i] == '~' && (i + 1 == token.Length || token[i + 1] is not ('0' or '1')))
            {
                return null;
            }
        }

        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}
