using System.Collections.Frozen;
using System.Reflection;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.PullSources;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources;

/// <summary>One of the five kinds: its names and its types.</summary>
/// <param name="Name">The kind, e.g. <c>ModelVersion</c>.</param>
/// <param name="Plural">Its plural in paths, e.g. <c>modelversions</c>.</param>
/// <param name="ShortName">What one types, e.g. <c>mv</c>.</param>
/// <param name="Type">The record, e.g. <see cref="ModelVersion"/>.</param>
/// <param name="SpecType">The record of its spec.</param>
/// <param name="StatusType">The record of its status.</param>
public sealed record ResourceKind(string Name, string Plural, string ShortName, Type Type, Type SpecType, Type StatusType)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The five kinds.</summary>
public static class ResourceKinds
{
    /// <summary>One version of a model.</summary>
    public static ResourceKind ModelVersion { get; } = Of<ModelVersion>();

    /// <summary>When a model counts as drifting.</summary>
    public static ResourceKind DriftPolicy { get; } = Of<DriftPolicy>();

    /// <summary>Somebody who is told.</summary>
    public static ResourceKind CallbackTarget { get; } = Of<CallbackTarget>();

    /// <summary>A place that is asked.</summary>
    public static ResourceKind PullSource { get; } = Of<PullSource>();

    /// <summary>Versions compared.</summary>
    public static ResourceKind ABExperiment { get; } = Of<ABExperiment>();

    /// <summary>All five, in the order in which they refer to each other: whatever is referred to comes first.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } = [ModelVersion, CallbackTarget, PullSource, DriftPolicy, ABExperiment];

    private static readonly FrozenDictionary<string, ResourceKind> ByName = All
        .SelectMany(kind => new[] { kind.Name, kind.Plural, kind.ShortName }.Distinct().Select(name => KeyValuePair.Create(name, kind)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>By kind, plural or short name, in any case; null where there is none.</summary>
    public static ResourceKind? Find(string name) => ByName.GetValueOrDefault(name);

    private static ResourceKind Of<T>()
        where T : CustomResource
    {
        KindAttribute names = typeof(T).GetCustomAttribute<KindAttribute>()!;
        Type[] parts = typeof(T).BaseType!.GetGenericArguments();
        return new ResourceKind(names.Kind, names.Plural, names.ShortName, typeof(T), parts[0], parts[1]);
    }
}
