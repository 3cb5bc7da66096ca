using System.Reflection;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Reconciliation.Api;

/// <summary>A kind as the API server knows it, and how to read the type that stands for it here.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">E.g. <c>v1</c>.</param>
/// <param name="Kind">E.g. <c>Deployment</c>.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Json">How the type is written.</param>
internal abstract record ResourceKind(string Group, string Version, string Kind, string Plural, JsonSerializerOptions Json)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of all objects, in one namespace where one is given.</summary>
    public string CollectionPath(string? space) =>
        (Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}") + (string.IsNullOrEmpty(space) ? "" : $"/namespaces/{space}") + $"/{Plural}";

    public string Path(ResourceKey key, string? subresource = null) =>
        $"{CollectionPath(key.Namespace)}/{key.Name}" + (subresource is null ? "" : $"/{subresource}");
}

/// <inheritdoc/>
internal sealed record ResourceKind<T> : ResourceKind
    where T : class
{
    private ResourceKind(string group, string version, string kind, string plural, JsonSerializerOptions json, Func<T, ResourceMeta> meta)
        : base(group, version, kind, plural, json) => Meta = meta;

    /// <summary>The kind of a custom resource of FinObs or of a built-in type of the client library, by the type's own attribute.</summary>
    public static ResourceKind<T> Instance { get; } = Create();

    public Func<T, ResourceMeta> Meta { get; }

    private static ResourceKind<T> Create()
    {
        if (typeof(T).GetCustomAttribute<KindAttribute>() is { } custom)
        {
            return new(WellKnown.Group, WellKnown.Version, custom.Kind, custom.Plural, ResourceJson.Lenient, resource => Read(((CustomResource)(object)resource).Metadata));
        }

        KubernetesEntityAttribute entity = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{typeof(T)} has neither a [Kind] nor a [KubernetesEntity].");
        return new(
            entity.Group, entity.ApiVersion, entity.Kind, entity.PluralName, BuiltInJson.Options, resource => Read(((IKubernetesObject<V1ObjectMeta>)resource).Metadata));
    }

    private static ResourceMeta Read(ObjectMeta meta) => new(new ResourceKey(meta.Namespace ?? "", meta.Name), meta.Uid ?? "", meta.ResourceVersion ?? "")
    {
        Generation = meta.Generation ?? 0,
        IsDeleting = meta.DeletionTimestamp is not null,
        Finalizers = meta.Finalizers ?? [],
        Owners = [.. (meta.OwnerReferences ?? []).Select(owner => new ResourceOwner(owner.ApiVersion, owner.Kind, owner.Name, owner.Uid))],
        Labels = meta.Labels ?? new Dictionary<string, string>(),
        Annotations = meta.Annotations ?? new Dictionary<string, string>(),
    };

    private static ResourceMeta Read(V1ObjectMeta meta) => new(new ResourceKey(meta.NamespaceProperty ?? "", meta.Name), meta.Uid ?? "", meta.ResourceVersion ?? "")
    {
        Generation = meta.Generation ?? 0,
        IsDeleting = meta.DeletionTimestamp is not null,
        Finalizers = [.. meta.Finalizers ?? []],
        Owners = [.. (meta.OwnerReferences ?? []).Select(owner => new ResourceOwner(owner.ApiVersion, owner.Kind, owner.Name, owner.Uid))],
        Labels = new Dictionary<string, string>(meta.Labels ?? new Dictionary<string, string>()),
        Annotations = new Dictionary<string, string>(meta.Annotations ?? new Dictionary<string, string>()),
    };
}

/// <summary>The client library's way of writing its types.</summary>
internal static class BuiltInJson
{
    public static JsonSerializerOptions Options { get; } = new KubernetesClientConfiguration().JsonSerializerOptions;
}
