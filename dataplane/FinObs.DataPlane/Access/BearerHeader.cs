namespace FinObs.DataPlane.Access;

/// <summary><c>Authorization: Bearer …</c> (RFC 6750).</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>What the caller shows; null where it shows nothing of this form.</summary>
    public static string? Of(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header[Scheme.Length..].Trim() is { Length: > 0 } shown ? shown : null;
    }
}
