using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Resources.Store;

namespace FinObs.DataPlane.Resources;

/// <summary>A resource as it is in force, with its spec as a record.</summary>
internal sealed class StoredResource
{
    private StoredResource(ResourceRow row, CustomResource resource)
    {
        Row = row;
        Resource = resource;
        Labels = Map(row.Labels);
        Revision = new ResourceRevision { Uid = row.Uid, Generation = row.Generation, SpecHash = row.SpecHash, Secrets = Map(row.SecretVersions) };
    }

    public ResourceRow Row { get; }

    public ResourceKey Key => Row.Key;

    public CustomResource Resource { get; }

    public ResourceSpec Spec => NormalSpec.SpecOf(Resource);

    public ResourceRevision Revision { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public static StoredResource Of(ResourceRow row)
    {
        JsonObject document = new()
        {
            ["apiVersion"] = WellKnown.ApiVersion,
            ["kind"] = row.Kind,
            ["metadata"] = new JsonObject { ["name"] = row.Name, ["namespace"] = row.Namespace, ["uid"] = row.Uid, ["generation"] = row.Generation },
            ["spec"] = JsonNode.Parse(row.Spec),
        };

        // Leniently: a field that a newer replica wrote is passed over by an older one.
        ResourceKind kind = ResourceKinds.Find(row.Kind) ?? throw new JsonException($"There is no kind {row.Kind}.");
        return new StoredResource(row, (CustomResource)document.Deserialize(kind.Type, ResourceJson.Lenient)!);
    }

    /// <summary>Null where the row is in a form that this version cannot read.</summary>
    public static StoredResource? TryOf(ResourceRow? row)
    {
        try
        {
            return row is null ? null : Of(row);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public ResourceAnswer Answer(ResourceChange? change = null) => new()
    {
        Namespace = Row.Namespace,
        Kind = Row.Kind,
        Name = Row.Name,
        ManagedBy = Row.ManagedBy,
        Revision = Revision,
        Change = change,
        Spec = (JsonObject)JsonNode.Parse(Row.Spec)!,
        Labels = Labels.Count == 0 ? null : Labels,
        ChangedAt = Row.ChangedAt,
        ChangedBy = Row.ChangedBy,
        LeafId = Row.LeafId,
        TraceId = Row.TraceId,
        Deleting = Row.Deleting,
    };

    private static SortedDictionary<string, string> Map(string json) =>
        new(JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [], StringComparer.Ordinal);
}
