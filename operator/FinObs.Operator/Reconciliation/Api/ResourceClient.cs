using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace FinObs.Operator.Reconciliation.Api;

/// <summary>Reads and writes objects of one kind on the API server. Nothing is remembered here; see <see cref="Caching.Resources{T}"/>.</summary>
internal sealed class ResourceClient<T>(KubernetesApi api)
    where T : class
{
    /// <summary>Owner of the fields that we set by server-side apply.</summary>
    public const string FieldManager = "finobs-operator";

    private const string Metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    private const int PageSize = 500;

    private static readonly ResourceKind<T> Kind = ResourceKind<T>.Instance;

    /// <summary>Every object of the selection, as of one moment: the newest, whichever server answers.</summary>
    public async Task<ResourceList<T>> ListAsync(ResourceSelection selection, CancellationToken cancellationToken)
    {
        List<T> items = [];
        string? next = null;
        while (true)
        {
            string path = Kind.CollectionPath(selection.Namespace)
                + Query(("limit", PageSize.ToString(CultureInfo.InvariantCulture)), ("continue", next), ("labelSelector", selection.Labels));
            ListAnswer page = await api.SendAsync<ListAnswer>(HttpMethod.Get, path, content: null, Kind.Json, cancellationToken, selection.MetadataOnly ? MetadataList : null);
            items.AddRange(page.Items ?? []);
            next = page.Metadata.Continue;
            if (string.IsNullOrEmpty(next)) return new ResourceList<T>(items, page.Metadata.ResourceVersion ?? "");
        }
    }

    /// <summary>What happens after a version; ends when the server has had enough, which is ordinary.</summary>
    /// <exception cref="ApiException"><see cref="ApiException.IsGone"/>: too old to go on from, list again.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        ResourceSelection selection,
        string resourceVersion,
        TimeSpan length,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = Kind.CollectionPath(selection.Namespace) + Query(
            ("watch", "1"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            ("timeoutSeconds", ((int)length.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            ("labelSelector", selection.Labels));
        await foreach (string line in api.ReadLinesAsync(path, selection.MetadataOnly ? Metadata : null, cancellationToken))
        {
            yield return WatchEvent<T>.Parse(line, Kind.Json);
        }
    }

    /// <summary>Straight from the server; null where there is none.</summary>
    public async Task<T?> GetAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await api.SendAsync<T>(HttpMethod.Get, Kind.Path(key), content: null, Kind.Json, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    public Task<T> CreateAsync(T resource, CancellationToken cancellationToken) => api.SendAsync<T>(
        HttpMethod.Post, Kind.CollectionPath(Kind.Meta(resource).Key.Namespace) + Query(("fieldManager", FieldManager)), Body(resource), Kind.Json, cancellationToken);

    /// <summary>Puts the whole object in the place of the one with the same resource version; anything else is a conflict.</summary>
    public Task<T> ReplaceAsync(T resource, CancellationToken cancellationToken, string? subresource = null) => api.SendAsync<T>(
        HttpMethod.Put, Kind.Path(Kind.Meta(resource).Key, subresource) + Query(("fieldManager", FieldManager)), Body(resource), Kind.Json, cancellationToken);

    /// <summary>
    /// Server-side apply: the object has the fields given here, and no longer those that we gave before and now leave out. The
    /// same object again changes nothing, its resource version included.
    /// </summary>
    public Task<T> ApplyAsync(T resource, CancellationToken cancellationToken) => api.SendAsync<T>(
        HttpMethod.Patch,
        Kind.Path(Kind.Meta(resource).Key) + Query(("fieldManager", FieldManager), ("force", "true")),
        Body(resource, "application/apply-patch+yaml"),
        Kind.Json,
        cancellationToken);

    /// <summary>JSON merge patch (RFC 7386).</summary>
    public Task<T> MergeAsync(ResourceKey key, JsonObject patch, CancellationToken cancellationToken, string? subresource = null) => api.SendAsync<T>(
        HttpMethod.Patch, Kind.Path(key, subresource) + Query(("fieldManager", FieldManager)), Content(JsonSerializer.SerializeToUtf8Bytes(patch), "application/merge-patch+json"), Kind.Json, cancellationToken);

    /// <summary>Deletes the very object with that uid, and in the background what it owns. False where it is gone already.</summary>
    public async Task<bool> DeleteAsync(ResourceKey key, string uid, CancellationToken cancellationToken)
    {
        V1DeleteOptions options = new() { ApiVersion = "v1", Kind = "DeleteOptions", PropagationPolicy = "Background", Preconditions = new V1Preconditions { Uid = uid } };
        HttpContent content = Content(JsonSerializer.SerializeToUtf8Bytes(options, BuiltInJson.Options), "application/json");
        try
        {
            await api.SendAsync<JsonElement>(HttpMethod.Delete, Kind.Path(key), content, BuiltInJson.Options, cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound || (e.IsConflict && e.Message.Contains("UID", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }
    }

    /// <summary>The type need not say its own kind (the client library's do not): the server wants it said.</summary>
    private static ByteArrayContent Body(T resource, string mediaType = "application/json")
    {
        JsonObject json = JsonSerializer.SerializeToNode(resource, Kind.Json)!.AsObject();
        json["apiVersion"] = Kind.ApiVersion;
        json["kind"] = Kind.Kind;
        json["metadata"]?.AsObject().Remove("managedFields");
        return Content(JsonSerializer.SerializeToUtf8Bytes(json), mediaType);
    }

    private static ByteArrayContent Content(byte[] json, string mediaType) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        string query = "";
        foreach ((string name, string? value) in parts)
        {
            if (!string.IsNullOrEmpty(value)) query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }

    // Not by constructor: the contracts' way of reading asks for all of its parameters, and the last page leaves out `continue`.
    private sealed record ListAnswer
    {
        public ListMeta Metadata { get; init; } = new();

        public IReadOnlyList<T>? Items { get; init; }
    }

    private sealed record ListMeta
    {
        public string? ResourceVersion { get; init; }

        public string? Continue { get; init; }
    }
}

/// <summary>Objects as of one moment.</summary>
/// <param name="Items">All of them.</param>
/// <param name="ResourceVersion">The moment: where a watch goes on.</param>
internal sealed record ResourceList<T>(IReadOnlyList<T> Items, string ResourceVersion);

/// <summary>Which objects of a kind.</summary>
/// <param name="Namespace">Null: of all namespaces.</param>
/// <param name="Labels">A label selector; null: all.</param>
/// <param name="MetadataOnly">Leaves everything but the metadata on the server: what is secret there does not come into this process.</param>
internal sealed record ResourceSelection(string? Namespace, string? Labels = null, bool MetadataOnly = false);
