using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>An object as it is stored. Never changed: a write makes another one.</summary>
internal sealed class StoredObject(JsonObject content, IReadOnlyList<FieldManager> managers)
{
    /// <summary>Without <c>managedFields</c>, which are kept beside it.</summary>
    public JsonObject Json { get; } = content;

    public IReadOnlyList<FieldManager> Managers { get; } = managers;

    /// <summary>As it is answered.</summary>
    public string Text => field ??= Render().ToJsonString();

    /// <summary>As it is answered to whoever asks for metadata only.</summary>
    public string MetadataText => field ??= new JsonObject
    {
        ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = Render()["metadata"]!.DeepClone(),
    }.ToJsonString();

    public JsonObject Render()
    {
        JsonObject json = Json.Copy();
        if (Managers.Count > 0) json.Metadata()["managedFields"] = new JsonArray([.. Managers.Select(JsonNode? (manager) => manager.Render())]);
        return json;
    }
}

/// <summary>One commit.</summary>
internal sealed record StoredChange(long Revision, ServedResource Resource, StoredObject? Before, StoredObject? After, StoredObject Last);

/// <summary>A line of a watch.</summary>
internal readonly record struct WatchLine(string Type, string Object)
{
    public override string ToString() => $"{{\"type\":\"{Type}\",\"object\":{Object}}}\n";
}

/// <summary>
/// All objects and what happened to them since the last compaction, under one counter (etcd's revision). Whoever reads or writes
/// holds the lock.
/// </summary>
internal sealed class ObjectStore
{
    private readonly Dictionary<string, SortedDictionary<string, StoredObject>> _objects = [];
    private readonly List<StoredChange> _log = [];
    private readonly Channel<StoredObject> _gone = Channel.CreateUnbounded<StoredObject>();
    private TaskCompletionSource _pulse = NewPulse();
    private long _compacted;

    public Lock Lock { get; } = new();

    public long Revision { get; private set; } = 1;

    /// <summary>Done at the next commit.</summary>
    public Task Pulse => _pulse.Task;

    /// <summary>Deleted objects, for the garbage collector.</summary>
    public ChannelReader<StoredObject> Gone => _gone.Reader;

    public IEnumerable<StoredObject> All(ServedResource resource) => Collection(resource).Values;

    public StoredObject? Find(ServedResource resource, string space, string name) => Collection(resource).GetValueOrDefault($"{space}/{name}");

    /// <summary>Puts it in the place of what is there, with the next resource version.</summary>
    public StoredObject Put(ServedResource resource, JsonObject json, IReadOnlyList<FieldManager> managers)
    {
        StoredObject? before = Find(resource, json.Namespace(), json.Name());
        json.Metadata()["resourceVersion"] = (Revision + 1).ToString();
        StoredObject after = new(json, managers);
        Collection(resource)[$"{json.Namespace()}/{json.Name()}"] = after;
        Commit(new StoredChange(Revision + 1, resource, before, after, after));
        return after;
    }

    public void Remove(ServedResource resource, StoredObject before)
    {
        Collection(resource).Remove($"{before.Json.Namespace()}/{before.Json.Name()}");
        JsonObject last = before.Json.Copy();
        last.Metadata()["resourceVersion"] = (Revision + 1).ToString();
        Commit(new StoredChange(Revision + 1, resource, before, After: null, new StoredObject(last, before.Managers)));
        _gone.Writer.TryWrite(before);
    }

    /// <summary>Forgets what happened so far: watches from an older revision are gone.</summary>
    public void Compact()
    {
        _compacted = Revision;
        _log.Clear();
    }

    /// <exception cref="ApiError">Gone: the revision is older than the last compaction.</exception>
    public IReadOnlyList<WatchLine> Since(long revision, ServedResource resource, Selection selection, bool metadataOnly)
    {
        if (revision < _compacted) throw ApiError.Expired($"too old resource version: {revision} ({_compacted})");
        int first = _log.Count;
        while (first > 0 && _log[first - 1].Revision > revision) first--;
        List<WatchLine> lines = [];
        foreach (StoredChange change in _log.Skip(first).Where(change => change.Resource.Group == resource.Group && change.Resource.Plural == resource.Plural))
        {
            // What stops to match the selection is deleted for whoever looks through it.
            bool was = change.Before is { } before && selection.Matches(before.Json);
            bool isNow = change.After is { } after && selection.Matches(after.Json);
            string? type = (was, isNow) switch { (false, true) => "ADDED", (true, true) => "MODIFIED", (true, false) => "DELETED", _ => null };
            if (type is not null) lines.Add(new WatchLine(type, metadataOnly ? change.Last.MetadataText : change.Last.Text));
        }

        return lines;
    }

    private SortedDictionary<string, StoredObject> Collection(ServedResource resource)
    {
        string key = $"{resource.Group}/{resource.Plural}";
        if (!_objects.TryGetValue(key, out SortedDictionary<string, StoredObject>? collection)) _objects[key] = collection = new(StringComparer.Ordinal);
        return collection;
    }

    private void Commit(StoredChange change)
    {
        Revision = change.Revision;
        _log.Add(change);
        TaskCompletionSource pulse = _pulse;
        _pulse = NewPulse();
        pulse.SetResult();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
