using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Dashboard;

/// <summary>
/// Style, script and Blazor's own script, out of the assembly: the same from <c>dotnet run</c>, from what was published and in a test. They hold nothing of anybody's. Their address carries their digest,
/// so a browser asks once.
/// </summary>
internal static class DashboardAssets
{
    private const string Prefix = "dashboard/";
    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly Lazy<FrozenDictionary<string, Asset>> All = new(Load);

    /// <summary>Where a page finds it.</summary>
    public static string PathOf(string name) => $"/assets/{name}?v={All.Value[name].Version}";

    public static void MapDashboardAssets(this IEndpointRouteBuilder app) => app.MapGet("/assets/{name}", Send).AllowAnonymous().ExcludeFromDescription();

    private static IResult Send(string name, HttpContext context)
    {
        if (!All.Value.TryGetValue(name, out Asset? asset))
        {
            return TypedResults.NotFound();
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == asset.Version ? Forever : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        bool brotli = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        if (brotli)
        {
            headers.ContentEncoding = "br";
        }

        return TypedResults.Bytes(brotli ? asset.Packed.Value : asset.Bytes, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Version}{(brotli ? "-br" : "")}\""));
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        Assembly assembly = typeof(DashboardAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using Stream stream = assembly.GetManifestResourceStream(name)!;
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new Asset(bytes, TypeOf(name), Convert.ToHexStringLower(SHA256.HashData(bytes))[..16], new Lazy<byte[]>(() => Pack(bytes)));
            });
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static byte[] Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (BrotliStream brotli = new(packed, CompressionLevel.Optimal))
        {
            brotli.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed record Asset(byte[] Bytes, string ContentType, string Version, Lazy<byte[]> Packed);
}
