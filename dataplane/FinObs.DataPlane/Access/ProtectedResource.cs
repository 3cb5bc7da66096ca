namespace FinObs.DataPlane.Access;

/// <summary>Marks an endpoint whose callers find by RFC 9728 whose tokens it takes: its 401 says where that is written.</summary>
/// <param name="MetadataPath">On this host.</param>
/// <param name="PublicUrl">Where clients reach this host; null = as each request says it.</param>
internal sealed record ProtectedResource(string MetadataPath, Uri? PublicUrl)
{
    /// <summary>Scheme and host, as clients see them.</summary>
    public static string HostOf(HttpContext context, Uri? publicUrl) => publicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
}
