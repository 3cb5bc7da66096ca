namespace FinObs.Operator.Reconciliation.Api;

/// <summary>What the runtime reads of any object, whichever library its type comes from.</summary>
internal sealed record ResourceMeta(ResourceKey Key, string Uid, string ResourceVersion)
{
    private static readonly IReadOnlyDictionary<string, string> NoPairs = new Dictionary<string, string>();

    public long Generation { get; init; }

    public bool IsDeleting { get; init; }

    public IReadOnlyList<string> Finalizers { get; init; } = [];

    public IReadOnlyList<ResourceOwner> Owners { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoPairs;

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoPairs;

    /// <summary>
    /// False where only the status (or who manages which field) differs: our own status writes come back as such, and are no reason
    /// to reconcile again.
    /// </summary>
    public bool AsksForMoreThan(ResourceMeta before) =>
        before.Uid != Uid
        || before.Generation != Generation
        || before.IsDeleting != IsDeleting
        || !before.Finalizers.SequenceEqual(Finalizers)
        || !Same(before.Labels, Labels)
        || !Same(before.Annotations, Annotations);

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}

/// <summary>An object that another goes with.</summary>
internal sealed record ResourceOwner(string ApiVersion, string Kind, string Name, string Uid);
