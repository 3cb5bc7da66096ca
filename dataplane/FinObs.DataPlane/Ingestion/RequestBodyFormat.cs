using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Ingestion;

/// <summary>What a request says its body is.</summary>
internal enum RequestBodyFormat
{
    /// <summary>Something that is not taken here.</summary>
    Unsupported = 0,

    /// <summary>One object or an array, read as a whole.</summary>
    Json = 1,

    /// <summary>One object a line, read as a stream.</summary>
    Ndjson = 2,
}

/// <summary>Reads <c>Content-Type</c>.</summary>
internal static class RequestBodyFormats
{
    public static RequestBodyFormat Of(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) || !IsUtf8(type))
        {
            return RequestBodyFormat.Unsupported;
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" or "text/json" => RequestBodyFormat.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonl" or "application/jsonlines"
                or "application/x-jsonlines" => RequestBodyFormat.Ndjson,
            { } other when other.StartsWith("application/", StringComparison.Ordinal) && other.EndsWith("+json", StringComparison.Ordinal) => RequestBodyFormat.Json,
            _ => RequestBodyFormat.Unsupported,
        };
    }

    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue || type.Charset.Value.Trim('"').ToLowerInvariant() is "utf-8" or "utf8" or "us-ascii";
}
