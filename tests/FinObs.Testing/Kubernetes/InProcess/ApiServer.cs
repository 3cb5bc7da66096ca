using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Answers one request: finds the kind, then the verb.</summary>
internal sealed class ApiServer
{
    private readonly Dictionary<string, ServedResource> _resources = ServedResource.BuiltIn.ToDictionary(resource => $"{resource.Group}/{resource.Version}/{resource.Plural}");
    private readonly ApiReader _reader;
    private readonly ObjectWriter _writer;

    public ApiServer(ObjectStore store, Faults faults, TimeProvider time)
    {
        (Store, Faults) = (store, faults);
        _writer = new ObjectWriter(store, time);
        _reader = new ApiReader(store, faults, time);
        foreach (string name in (string[])["default", "kube-system"])
        {
            _writer.Create(new Writing(Resource("", "v1", "namespaces"), "", name, "", "kube-apiserver"), new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }
    }

    public ObjectStore Store { get; }

    public Faults Faults { get; }

    public async Task AnswerAsync(HttpContext context)
    {
        string client = ClientOf(context.Request);
        await Faults.UntilHealedAsync(client, context.RequestAborted);
        try
        {
            if (Faults.Next(context.Request) is { } status) throw ApiError.Made(status);
            if (context.Request.Path.Value is "/readyz" or "/livez" or "/healthz")
            {
                await context.Response.WriteAsync("ok");
                return;
            }

            await RouteAsync(context, client);
        }
        catch (ApiError e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.Code, e.ToStatus().ToJsonString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException && !context.Response.HasStarted)
        {
            await WriteAsync(context, 400, ApiError.BadRequest(e.Message).ToStatus().ToJsonString());
        }
    }

    /// <summary>Deletes one object as a controller of the server would. The caller holds the lock.</summary>
    public void Delete(ServedResource resource, StoredObject stored) =>
        _writer.Delete(new Writing(resource, stored.Json.Namespace(), stored.Json.Name(), "", "garbage-collector"), options: null);

    public IReadOnlyCollection<ServedResource> Resources => _resources.Values;

    /// <summary>The caller holds the lock.</summary>
    public void Compact()
    {
        Store.Compact();
        _reader.Compact();
    }

    private async Task RouteAsync(HttpContext context, string client)
    {
        ApiRoute? route = ApiRoute.Parse(context.Request.Path.Value ?? "");
        if (route is null || !TryResource(route, out ServedResource? resource)) throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        if (context.Request.Method == "GET" && (route.Name is null || route.Subresource.Length == 0))
        {
            await _reader.AnswerAsync(context, resource, route, client);
            return;
        }

        JsonObject? body = await ReadBodyAsync(context.Request);
        (int code, string text) = Write(context.Request, resource, route, body);
        // A partition that began meanwhile keeps the answer back, though the write is done: the client cannot know.
        await Faults.UntilHealedAsync(client, context.RequestAborted);
        await WriteAsync(context, code, text);
    }

    private (int Code, string Text) Write(HttpRequest request, ServedResource resource, ApiRoute route, JsonObject? body)
    {
        string manager = request.Query["fieldManager"].ToString() is { Length: > 0 } named ? named : request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } agent ? agent : "unknown";
        Writing writing = new(resource, resource.IsNamespaced ? route.Namespace ?? "" : "", route.Name ?? "", route.Subresource, manager);
        lock (Store.Lock)
        {
            if (route.Subresource == "scale") return (200, Scale.Answer(request, writing, body, Store, _writer));
            if (route.Subresource is not ("" or "status") || (writing.IsStatus && !resource.HasStatus)) throw new ApiError(404, "NotFound", "the server could not find the requested resource");
            (int code, StoredObject? stored) = (request.Method, route.Name) switch
            {
                ("POST", null) => (201, Create(writing, body!)),
                ("PUT", not null) => (200, _writer.Replace(writing, body!)),
                ("PATCH", not null) => Patch(request, writing, body!),
                ("DELETE", not null) => (200, Delete(writing, body)),
                ("DELETE", null) => DeleteAll(writing, request),
                _ => throw new ApiError(405, "MethodNotAllowed", $"{request.Method} is not possible here."),
            };
            AfterWrite(resource, stored, request.Method);
            return (code, stored?.Text ?? new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success", ["details"] = new JsonObject { ["name"] = route.Name } }.ToJsonString());
        }
    }

    private StoredObject Create(Writing writing, JsonObject body)
    {
        if (body.Namespace() is { Length: > 0 } said && said != writing.Namespace) throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        CheckNamespace(writing);
        return _writer.Create(writing, body);
    }

    private (int Code, StoredObject Stored) Patch(HttpRequest request, Writing writing, JsonObject body)
    {
        string type = request.ContentType?.Split(';')[0] ?? "";
        if (type == "application/merge-patch+json") return (200, _writer.Merge(writing, body));
        if (type != "application/apply-patch+yaml") throw new ApiError(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - {type}");
        if (request.Query["fieldManager"].Count == 0) throw ApiError.BadRequest("fieldManager is required for apply patch");
        if (body.Metadata()["managedFields"] is not null) throw ApiError.BadRequest("metadata.managedFields must be nil");
        CheckNamespace(writing);
        body.Metadata()["name"] ??= writing.Name;
        (StoredObject stored, bool isNew) = _writer.Apply(writing, body, request.Query["force"] == "true");
        return (isNew ? 201 : 200, stored);
    }

    private StoredObject? Delete(Writing writing, JsonObject? options)
    {
        StoredObject? left = _writer.Delete(writing, options);
        if (left is null && writing.Resource.Plural == "namespaces")
        {
            foreach (ServedResource resource in _resources.Values.Where(resource => resource.IsNamespaced).ToArray())
            {
                foreach (StoredObject content in Store.All(resource).Where(content => content.Json.Namespace() == writing.Name).ToArray()) Delete(resource, content);
            }
        }

        return left;
    }

    private (int Code, StoredObject? Stored) DeleteAll(Writing writing, HttpRequest request)
    {
        Selection selection = ApiReader.SelectionOf(request, writing.Namespace.Length == 0 ? null : writing.Namespace);
        foreach (StoredObject stored in Store.All(writing.Resource).Where(stored => selection.Matches(stored.Json)).ToArray()) Delete(writing.Resource, stored);
        return (200, null);
    }

    /// <summary>A CustomResourceDefinition takes effect at once.</summary>
    private void AfterWrite(ServedResource resource, StoredObject? stored, string method)
    {
        if (resource.Plural != ServedResource.DefinitionsPlural || stored is null || method == "DELETE") return;
        foreach (ServedResource served in ServedResource.FromDefinition(stored.Json)) _resources[$"{served.Group}/{served.Version}/{served.Plural}"] = served;
        if (stored.Json["status"] is not null) return;
        JsonObject established = new() { ["type"] = "Established", ["status"] = "True", ["reason"] = "InitialNamesAccepted", ["message"] = "the initial names have been accepted" };
        _writer.Merge(
            new Writing(resource, "", stored.Json.Name(), "status", "kube-apiserver"),
            new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(established) } });
    }

    private void CheckNamespace(Writing writing)
    {
        if (writing.Resource.IsNamespaced && Store.Find(Resource("", "v1", "namespaces"), "", writing.Namespace) is null)
        {
            throw ApiError.NotFound(Resource("", "v1", "namespaces"), writing.Namespace);
        }
    }

    private ServedResource Resource(string group, string version, string plural) => _resources[$"{group}/{version}/{plural}"];

    private bool TryResource(ApiRoute route, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServedResource? resource)
    {
        lock (Store.Lock)
        {
            return _resources.TryGetValue($"{route.Group}/{route.Version}/{route.Plural}", out resource);
        }
    }

    public static string ClientOf(HttpRequest request) => request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token] ? token : "";

    private static async Task<JsonObject?> ReadBodyAsync(HttpRequest request)
    {
        using StreamReader reader = new(request.Body);
        string text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        return text.Length == 0 ? null : JsonNode.Parse(text)?.AsObject();
    }

    private static async Task WriteAsync(HttpContext context, int code, string json)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json), context.RequestAborted);
    }
}
