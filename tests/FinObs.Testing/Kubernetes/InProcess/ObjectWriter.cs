using System.Text;
using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Who writes, and by which part of the object.</summary>
internal sealed record Writing(ServedResource Resource, string Namespace, string Name, string Subresource, string Manager)
{
    public bool IsStatus => Subresource == "status";

    /// <summary>The top-level fields that this way of writing may set.</summary>
    public bool Takes(string field) => IsStatus ? field == "status" : field != "status" || !Resource.HasStatus;
}

/// <summary>The rules of every write: names, uid, generation, resource version, finalizers, field managers. The caller holds the store's lock.</summary>
internal sealed class ObjectWriter(ObjectStore store, TimeProvider time)
{
    private static readonly string[] ServersMetadata = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

    public StoredObject Create(Writing writing, JsonObject body)
    {
        JsonObject json = Prepare(writing, body);
        return store.Put(writing.Resource, json, FieldManagers.AfterUpdate([], Manager(writing, "Update"), old: null, json, writing.Resource.Rules, writing.Takes));
    }

    public StoredObject Replace(Writing writing, JsonObject body)
    {
        StoredObject current = Current(writing);
        if (body.Metadata()["resourceVersion"] is null && writing.Resource.IsCustom)
        {
            throw ApiError.Invalid($"{writing.Resource.Plural} \"{writing.Name}\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update");
        }

        return Update(writing, current, body);
    }

    public StoredObject Merge(Writing writing, JsonObject patch)
    {
        StoredObject current = Current(writing);
        return Update(writing, current, Json.Merge(current.Json, patch)!.AsObject(), patch.Metadata()["resourceVersion"]);
    }

    public (StoredObject Stored, bool IsNew) Apply(Writing writing, JsonObject body, bool force)
    {
        FieldManager applier = Manager(writing, "Apply");
        StoredObject? current = store.Find(writing.Resource, writing.Namespace, writing.Name);
        if (current is null)
        {
            if (writing.Subresource.Length > 0) throw ApiError.NotFound(writing.Resource, writing.Name);
            JsonObject json = Prepare(writing, body);
            return (store.Put(writing.Resource, json, [applier with { Paths = FieldPaths.Of(body, writing.Resource.Rules, writing.Takes) }]), true);
        }

        if (body.Metadata()["resourceVersion"] is { } version && version.Text() != current.Json.Metadata()["resourceVersion"].Text()) throw ApiError.Modified(writing.Resource, writing.Name);
        CheckUid(writing, current, body);
        (JsonObject result, IReadOnlyList<FieldManager> managers) =
            ServerSideApply.Apply(current.Json, current.Managers, body, applier, writing.Resource.Rules, writing.Takes, force);
        return (Commit(writing, current, result, _ => managers), false);
    }

    /// <summary>Null where it is gone at once; else it waits for its finalizers.</summary>
    public StoredObject? Delete(Writing writing, JsonObject? options)
    {
        StoredObject current = Current(writing);
        if (options?["preconditions"]?["uid"] is { } uid && uid.Text() != current.Json.Uid())
        {
            throw ApiError.Conflict($"Operation cannot be fulfilled on {writing.Resource.Plural} \"{writing.Name}\": Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Json.Uid()}");
        }

        if (options?["preconditions"]?["resourceVersion"] is { } version && version.Text() != current.Json.Metadata()["resourceVersion"].Text())
        {
            throw ApiError.Modified(writing.Resource, writing.Name);
        }

        if (current.Json.Finalizers().Count == 0)
        {
            store.Remove(writing.Resource, current);
            return null;
        }

        if (current.Json.IsDeleting()) return current;
        JsonObject json = current.Json.Copy();
        json.Metadata()["deletionTimestamp"] = Now();
        json.Metadata()["deletionGracePeriodSeconds"] = 0;
        if (json.Metadata()["generation"] is { } generation) json.Metadata()["generation"] = generation.GetValue<long>() + 1;
        return store.Put(writing.Resource, json, current.Managers);
    }

    private StoredObject Current(Writing writing) =>
        store.Find(writing.Resource, writing.Namespace, writing.Name) ?? throw ApiError.NotFound(writing.Resource, writing.Name);

    private JsonObject Prepare(Writing writing, JsonObject body)
    {
        JsonObject json = body.Copy();
        JsonObject metadata = json.Metadata();
        string name = metadata["name"].Text();
        if (name.Length == 0 && metadata["generateName"].Text() is { Length: > 0 } prefix) name = $"{prefix}{Guid.CreateVersion7(time.GetUtcNow()):n}"[..(prefix.Length + 32)];
        if (name.Length == 0) throw ApiError.Invalid("metadata.name: Required value: name or generateName is required");
        if (metadata["resourceVersion"] is not null) throw ApiError.BadRequest("resourceVersion should not be set on objects to be created");
        if (store.Find(writing.Resource, writing.Namespace, name) is not null) throw ApiError.AlreadyExists(writing.Resource, name);

        (json["apiVersion"], json["kind"]) = (writing.Resource.ApiVersion, writing.Resource.Kind);
        foreach (string field in (string[])[.. ServersMetadata, "managedFields"]) metadata.Remove(field);
        metadata["name"] = name;
        if (writing.Namespace.Length > 0) metadata["namespace"] = writing.Namespace;
        metadata["uid"] = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        metadata["creationTimestamp"] = Now();
        if (writing.Resource.HasGeneration) metadata["generation"] = 1;
        if (writing.Resource.HasStatus) json.Remove("status");
        Complete(writing.Resource, json);
        return json;
    }

    private StoredObject Update(Writing writing, StoredObject current, JsonObject body, JsonNode? version = null)
    {
        version ??= body.Metadata()["resourceVersion"];
        if (version is not null && version.Text() != current.Json.Metadata()["resourceVersion"].Text()) throw ApiError.Modified(writing.Resource, writing.Name);
        CheckUid(writing, current, body);
        return Commit(writing, current, body.Copy(), json => FieldManagers.AfterUpdate(
            current.Managers, Manager(writing, "Update"), current.Json, json, writing.Resource.Rules, writing.Takes));
    }

    private StoredObject Commit(Writing writing, StoredObject current, JsonObject body, Func<JsonObject, IReadOnlyList<FieldManager>> managersOf)
    {
        JsonObject json = writing.IsStatus ? current.Json.Copy() : body;
        if (writing.IsStatus) json.Put("status", body["status"]);
        else if (writing.Resource.HasStatus) json.Put("status", current.Json["status"]);

        JsonObject metadata = json.Metadata();
        foreach (string field in (string[])[.. ServersMetadata, "resourceVersion"]) metadata.Put(field, current.Json.Metadata()[field]);
        metadata.Remove("managedFields");
        (json["apiVersion"], json["kind"]) = (writing.Resource.ApiVersion, writing.Resource.Kind);
        Complete(writing.Resource, json);
        if (current.Json.IsDeleting() && json.Finalizers().Except(current.Json.Finalizers()).Any())
        {
            throw ApiError.Invalid("metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted");
        }

        IReadOnlyList<FieldManager> managers = managersOf(json);
        bool isSame = JsonNode.DeepEquals(current.Json, json);
        if (isSame && managers.Count == current.Managers.Count && managers.All(current.Managers.Contains)) return current;
        if (writing.Resource.HasGeneration && !JsonNode.DeepEquals(Spec(current.Json), Spec(json))) metadata["generation"] = (metadata["generation"]?.GetValue<long>() ?? 0) + 1;

        StoredObject stored = store.Put(writing.Resource, json, managers);
        if (json.IsDeleting() && json.Finalizers().Count == 0) store.Remove(writing.Resource, stored);
        return stored;
    }

    private static void CheckUid(Writing writing, StoredObject current, JsonObject body)
    {
        if (body.Metadata()["uid"] is { } uid && uid.Text() != current.Json.Uid())
        {
            throw ApiError.Conflict($"Operation cannot be fulfilled on {writing.Resource.Plural} \"{writing.Name}\": Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Json.Uid()}");
        }
    }

    /// <summary>What the server fills in.</summary>
    private static void Complete(ServedResource resource, JsonObject json)
    {
        Json.Default(json, resource.Schema);
        if (resource.Kind != "Secret" || json["stringData"] is not JsonObject text) return;
        if (json["data"] is not JsonObject data) json["data"] = data = [];
        foreach ((string name, JsonNode? value) in text) data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text()));
        json.Remove("stringData");
    }

    private static JsonObject Spec(JsonObject json) => new(json.Where(pair => pair.Key is not ("metadata" or "status" or "apiVersion" or "kind")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private FieldManager Manager(Writing writing, string operation) =>
        new(writing.Manager, operation, writing.Subresource, writing.Resource.ApiVersion, Now(), new HashSet<string>());

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
