using System.Net;
using System.Text.Json;
using k8s.Models;

namespace FinObs.Operator.Reconciliation.Api;

/// <summary>What a watch says.</summary>
internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing happened up to a version.</summary>
    Bookmark,
}

/// <summary>One line of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it; null for a bookmark.</param>
/// <param name="ResourceVersion">Where the watch stands.</param>
internal sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
    where T : class
{
    /// <exception cref="ApiException">The line is an error: the watch is over, and where it is gone so is its version.</exception>
    public static WatchEvent<T> Parse(string line, JsonSerializerOptions json)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        string? type = document.RootElement.GetProperty("type").GetString();
        JsonElement element = document.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            V1Status? status = element.Deserialize<V1Status>(BuiltInJson.Options);
            throw new ApiException((HttpStatusCode)(status?.Code ?? 500), status?.Reason ?? "", status?.Message ?? "The watch ended with an error.");
        }

        string version = element.GetProperty("metadata").GetProperty("resourceVersion").GetString() ?? "";
        return type switch
        {
            "BOOKMARK" => new(WatchEventType.Bookmark, Object: null, version),
            "ADDED" => new(WatchEventType.Added, element.Deserialize<T>(json), version),
            "MODIFIED" => new(WatchEventType.Modified, element.Deserialize<T>(json), version),
            "DELETED" => new(WatchEventType.Deleted, element.Deserialize<T>(json), version),
            _ => throw new ApiException(HttpStatusCode.InternalServerError, "", $"The watch sent an event of the unknown type '{type}'."),
        };
    }
}
