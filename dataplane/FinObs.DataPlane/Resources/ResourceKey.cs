using System.Runtime.InteropServices;
using FinObs.Contracts.Resources;

namespace FinObs.DataPlane.Resources;

/// <summary>What a resource is called: nothing else has this name.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Kind">Its kind, e.g. <c>ModelVersion</c>.</param>
/// <param name="Name">Its name.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ResourceKey(string Namespace, string Kind, string Name)
{
    /// <summary>Where the door has it.</summary>
    public string Path => $"/v1/namespaces/{Namespace}/{ResourceKinds.Find(Kind)?.Plural ?? Kind}/{Name}";

    /// <summary>The order of lists: namespace, kind, name, each by its bytes.</summary>
    public static IComparer<ResourceKey> Order { get; } = Comparer<ResourceKey>.Create((left, right) =>
    {
        int order = string.CompareOrdinal(left.Namespace, right.Namespace);
        order = order != 0 ? order : string.CompareOrdinal(left.Kind, right.Kind);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    });

    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}
