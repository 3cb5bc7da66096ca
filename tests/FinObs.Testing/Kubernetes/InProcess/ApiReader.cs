using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Get, list and watch.</summary>
internal sealed class ApiReader(ObjectStore store, Faults faults, TimeProvider time)
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMilliseconds(250);

    // What further pages of a list are read from: the list as of its first page, until the next compaction.
    private readonly Dictionary<string, (long Revision, StoredObject[] Left)> _pages = [];

    public static Selection SelectionOf(HttpRequest request, string? space) => new(space, request.Query["labelSelector"].ToString(), request.Query["fieldSelector"].ToString());

    public async Task AnswerAsync(HttpContext context, ServedResource resource, ApiRoute route, string client)
    {
        bool metadataOnly = context.Request.Headers.Accept.ToString().Contains("as=PartialObjectMetadata", StringComparison.Ordinal);
        if (route.Name is null && context.Request.Query["watch"].ToString() is "1" or "true")
        {
            await WatchAsync(context, resource, SelectionOf(context.Request, route.Namespace), metadataOnly, client);
            return;
        }

        string text;
        lock (store.Lock)
        {
            text = route.Name is null ? List(context.Request, resource, route, metadataOnly) : Get(resource, route, metadataOnly);
        }

        await faults.UntilHealedAsync(client, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
    }

    /// <summary>Pages of lists are forgotten with the history.</summary>
    public void Compact() => _pages.Clear();

    private string Get(ServedResource resource, ApiRoute route, bool metadataOnly)
    {
        StoredObject found = store.Find(resource, resource.IsNamespaced ? route.Namespace ?? "" : "", route.Name!) ?? throw ApiError.NotFound(resource, route.Name!);
        return metadataOnly ? found.MetadataText : found.Text;
    }

    private string List(HttpRequest request, ServedResource resource, ApiRoute route, bool metadataOnly)
    {
        string token = request.Query["continue"].ToString();
        (long revision, StoredObject[] all) = (store.Revision, []);
        if (token.Length == 0)
        {
            Selection selection = SelectionOf(request, route.Namespace);
            all = [.. store.All(resource).Where(stored => selection.Matches(stored.Json))];
        }
        else if (_pages.Remove(token, out (long Revision, StoredObject[] Left) page))
        {
            (revision, all) = page;
        }
        else
        {
            throw ApiError.Expired("The provided continue parameter is too old to display a consistent list result.");
        }

        int limit = int.TryParse(request.Query["limit"], CultureInfo.InvariantCulture, out int asked) && asked > 0 ? asked : int.MaxValue;
        JsonObject metadata = new() { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (all.Length > limit)
        {
            string next = Guid.CreateVersion7(time.GetUtcNow()).ToString("n");
            _pages[next] = (revision, all[limit..]);
            (metadata["continue"], metadata["remainingItemCount"]) = (next, all.Length - limit);
        }

        (string kind, string version) = metadataOnly ? ("PartialObjectMetadata", "meta.k8s.io/v1") : (resource.Kind, resource.ApiVersion);
        IEnumerable<string> items = all.Take(limit).Select(stored => metadataOnly ? stored.MetadataText : stored.Text);
        return $"{{\"kind\":\"{kind}List\",\"apiVersion\":\"{version}\",\"metadata\":{metadata.ToJsonString()},\"items\":[{string.Join(',', items)}]}}";
    }

    private async Task WatchAsync(HttpContext context, ServedResource resource, Selection selection, bool metadataOnly, string client)
    {
        IQueryCollection query = context.Request.Query;
        TimeSpan length = TimeSpan.FromSeconds(int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out int seconds) ? seconds : 1800);
        bool wantsBookmarks = query["allowWatchBookmarks"].ToString() is "1" or "true";
        using CancellationTokenSource over = new(length, time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, context.RequestAborted);
        Task dropped = faults.WatchesDropped;
        context.Response.ContentType = "application/json";
        try
        {
            await context.Response.StartAsync(end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            long at = await BeginAsync(context, resource, selection, metadataOnly, query["resourceVersion"].ToString(), end.Token);
            while (true)
            {
                await faults.UntilHealedAsync(client, end.Token);
                if (dropped.IsCompleted)
                {
                    context.Abort();
                    return;
                }

                (IReadOnlyList<WatchLine> lines, long now, Task pulse) = Next(at, resource, selection, metadataOnly);
                await WriteAsync(context, lines, end.Token);
                at = now;
                if (await WaitAsync(Task.WhenAny(pulse, dropped), end.Token) || !wantsBookmarks) continue;
                lock (store.Lock)
                {
                    if (store.Revision != at) continue;
                }

                if (!faults.IsCutOff(client)) await WriteAsync(context, [Bookmark(resource, at)], end.Token);
            }
        }
        catch (ApiError e)
        {
            await WriteAsync(context, [new WatchLine("ERROR", e.ToStatus().ToJsonString())], context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // A watch that is dropped breaks off; one that has had its time ends in good order.
            if (!over.IsCancellationRequested) context.Abort();
        }
    }

    /// <summary>Without a version, a watch begins with what there is.</summary>
    private async Task<long> BeginAsync(HttpContext context, ServedResource resource, Selection selection, bool metadataOnly, string version, CancellationToken cancellationToken)
    {
        if (version is not ("" or "0")) return long.Parse(version, CultureInfo.InvariantCulture);
        WatchLine[] lines;
        long at;
        lock (store.Lock)
        {
            at = store.Revision;
            lines = [.. store.All(resource).Where(stored => selection.Matches(stored.Json)).Select(stored => new WatchLine("ADDED", metadataOnly ? stored.MetadataText : stored.Text))];
        }

        await WriteAsync(context, lines, cancellationToken);
        return at;
    }

    private (IReadOnlyList<WatchLine> Lines, long Now, Task Pulse) Next(long at, ServedResource resource, Selection selection, bool metadataOnly)
    {
        lock (store.Lock)
        {
            return (store.Since(at, resource, selection, metadataOnly), store.Revision, store.Pulse);
        }
    }

    /// <summary>False where nothing happened for a while.</summary>
    private static async Task<bool> WaitAsync(Task pulse, CancellationToken cancellationToken)
    {
        try
        {
            await pulse.WaitAsync(BookmarkPeriod, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static WatchLine Bookmark(ServedResource resource, long at) => new("BOOKMARK", new JsonObject
    {
        ["kind"] = resource.Kind, ["apiVersion"] = resource.ApiVersion, ["metadata"] = new JsonObject { ["resourceVersion"] = at.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
    }.ToJsonString());

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<WatchLine> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0) return;
        StringBuilder text = new();
        foreach (WatchLine line in lines) text.Append(line);
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
