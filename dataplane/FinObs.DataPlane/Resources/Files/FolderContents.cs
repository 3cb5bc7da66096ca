using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>What a document turned out to be.</summary>
internal sealed record FolderItem(FileDocument Document, FolderItemKind What)
{
    /// <summary>What it says its kind is.</summary>
    public string? Kind { get; init; }

    /// <summary>Set for a resource of ours.</summary>
    public ResourceKey? Key { get; init; }

    /// <summary>Set for a Secret.</summary>
    public FolderSecret? Secret { get; init; }

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Why it is passed over.</summary>
    public string? Note { get; init; }
}

/// <summary>Kinds of documents.</summary>
internal enum FolderItemKind
{
    /// <summary>Nobody knows what it was to be.</summary>
    Unreadable = 0,

    /// <summary>One of the five kinds.</summary>
    Resource = 1,

    /// <summary>A Secret, for the resources that refer to it.</summary>
    Secret = 2,

    /// <summary>Something that is for Kubernetes only.</summary>
    PassedOver = 3,
}

/// <summary>A Secret of the folder.</summary>
internal sealed record FolderSecret(string Namespace, string Name, IReadOnlyDictionary<string, byte[]> Data)
{
    /// <summary>Never shows a value.</summary>
    public override string ToString() => $"Secret {Namespace}/{Name}, {Data.Count} keys";
}

/// <summary>Sorts the documents of a folder: resources, Secrets, and what is neither.</summary>
internal static class FolderContents
{
    private const string DefaultNamespace = "default";

    public static IReadOnlyList<FolderItem> Of(IEnumerable<FileDocument> documents) => WithoutNamesakes([.. documents.Select(Read)]);

    private static FolderItem Read(FileDocument document)
    {
        if (document.Object is not { } json)
        {
            return new FolderItem(document, FolderItemKind.Unreadable) { Errors = [document.Unreadable!] };
        }

        string? apiVersion = TextOf(json, "apiVersion"), kind = TextOf(json, "kind");
        JsonObject? metadata = json["metadata"] as JsonObject;
        string? name = metadata is null ? null : TextOf(metadata, "name");
        string ns = (metadata is null ? null : TextOf(metadata, "namespace")) ?? DefaultNamespace;
        FolderItem item = new(document, FolderItemKind.Unreadable) { Kind = kind };
        if (apiVersion is null || kind is null)
        {
            return item with { Errors = [new FieldError(apiVersion is null ? "apiVersion" : "kind", "is required")] };
        }

        bool isOurs = apiVersion.Split('/')[0] == WellKnown.Group;
        bool isSecret = apiVersion == "v1" && kind == "Secret";
        if (!isOurs && !isSecret)
        {
            return item with { What = FolderItemKind.PassedOver, Note = $"{kind} ({apiVersion}) is for Kubernetes: nothing here reads it." };
        }

        if (name is null)
        {
            return item with { Errors = [new FieldError("metadata.name", "is required")] };
        }

        if (isSecret)
        {
            return Secret(item, json, ns, name);
        }

        return ResourceKinds.All.FirstOrDefault(known => known.Name == kind) is { } ours
            ? item with { What = FolderItemKind.Resource, Key = new ResourceKey(ns, ours.Name, name) }
            : item with { Errors = [new FieldError("kind", $"must be one of {string.Join(", ", ResourceKinds.All)}, not {kind}")] };
    }

    private static FolderItem Secret(FolderItem item, JsonObject json, string ns, string name)
    {
        Dictionary<string, byte[]> values = [];
        List<FieldError> errors = [];
        foreach (string part in (string[])["data", "stringData"])
        {
            foreach ((string key, JsonNode? node) in json[part] as JsonObject ?? [])
            {
                byte[]? value = node is JsonValue text && text.TryGetValue(out string? said) ? (part == "data" ? Decode(said) : System.Text.Encoding.UTF8.GetBytes(said)) : null;
                if (value is null)
                {
                    errors.Add(new FieldError($"{part}.{key}", part == "data" ? "must be base64 text; plain text goes under stringData" : "must be text: put it in quotes"));
                }
                else
                {
                    values[key] = value;
                }
            }
        }

        return item with { What = FolderItemKind.Secret, Secret = new FolderSecret(ns, name, values), Errors = errors };
    }

    /// <summary>Two documents of one name: neither is taken, since nobody can say which was meant.</summary>
    private static List<FolderItem> WithoutNamesakes(List<FolderItem> items)
    {
        foreach (IGrouping<string, FolderItem> same in items
            .Where(item => item.What is FolderItemKind.Resource or FolderItemKind.Secret)
            .GroupBy(item => item.Key?.ToString() ?? $"Secret {item.Secret!.Namespace}/{item.Secret.Name}")
            .Where(group => group.Count() > 1).ToList())
        {
            string places = string.Join(" and ", same.Select(item => $"{item.Document.File}:{item.Document.LineOf("metadata.name")}"));
            foreach (FolderItem item in same)
            {
                items[items.IndexOf(item)] = item with { Errors = [new FieldError("metadata.name", $"{same.Key} stands in {places}: keep one of them")] };
            }
        }

        return items;
    }

    private static byte[]? Decode(string text)
    {
        byte[] value = new byte[text.Length];
        return Convert.TryFromBase64String(text, value, out int length) ? value[..length] : null;
    }

    internal static string? TextOf(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
