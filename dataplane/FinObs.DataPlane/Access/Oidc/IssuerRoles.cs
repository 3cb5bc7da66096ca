using System.Security.Claims;
using System.Text.Json;

namespace FinObs.DataPlane.Access.Oidc;

/// <summary>Reads roles out of a token and says what they are here.</summary>
internal static class IssuerRoles
{
    /// <summary>A token names no more than this many; Entra ID writes no groups at all above 200.</summary>
    private const int MostNames = 1_000;

    /// <summary>Our roles; names that mean nothing here are left out.</summary>
    public static IReadOnlyList<string> Of(ClaimsIdentity token, OidcOptions options)
    {
        HashSet<string> names = [.. NamesAt(token, options.RoleClaim).Take(MostNames)];
        return options.RoleMap.Count == 0
            ? [.. Roles.OfPeople.Keys.Where(names.Contains).Order(StringComparer.Ordinal)]
            : [.. options.RoleMap.Where(pair => pair.Value.Any(names.Contains)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>A claim of the whole name counts first (<c>https://example.com/roles</c> has dots of its own), then the longest name that the path begins with, and members of it.</summary>
    private static IEnumerable<string> NamesAt(ClaimsIdentity token, string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            string claim = path[..end];
            string[] values = [.. token.FindAll(claim).Select(found => found.Value)];
            if (values.Length > 0) return values.SelectMany(value => Read(value, path.Length > end ? path[(end + 1)..] : ""));
        }

        return [];
    }

    /// <summary>A claim is a name, or JSON: an array of names, or an object on the way to one.</summary>
    private static IEnumerable<string> Read(string value, string rest)
    {
        if (value is not ['{' or '[', ..]) return rest.Length == 0 ? [value] : [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            JsonElement at = document.RootElement;
            return Step(at, rest) switch
            {
                { ValueKind: JsonValueKind.Array } names => [.. names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)],
                { ValueKind: JsonValueKind.String } name => [name.GetString()!],
                _ => [],
            };
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The longest member first, as with claims: Keycloak's clients may have dots in their names.</summary>
    private static JsonElement? Step(JsonElement at, string rest)
    {
        if (rest.Length == 0) return at;
        if (at.ValueKind != JsonValueKind.Object) return null;
        for (int end = rest.Length; end > 0; end = rest.LastIndexOf('.', end - 1))
        {
            if (at.TryGetProperty(rest[..end], out JsonElement member)) return Step(member, rest.Length > end ? rest[(end + 1)..] : "");
        }

        return null;
    }
}
