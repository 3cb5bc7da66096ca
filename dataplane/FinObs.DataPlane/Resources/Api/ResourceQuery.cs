using FinObs.Contracts.Resources.Door;

namespace FinObs.DataPlane.Resources.Api;

/// <summary>Which resources to list.</summary>
/// <param name="Namespace">Of this one only.</param>
/// <param name="Kind">Of this kind only.</param>
/// <param name="ManagedBy">Of this owner only.</param>
/// <param name="Label">With this label only: <c>key=value</c>.</param>
/// <param name="After">The page before ended here.</param>
/// <param name="Limit">So many at most.</param>
internal sealed record ResourceQuery(string? Namespace, string? Kind, string? ManagedBy, string? Label, string? After, int Limit)
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 500;
    public const string LimitProblem = "limit must be a whole number from 1 to 500.";

    /// <summary>Null where it can be answered.</summary>
    public string? Problem() => this switch
    {
        { Limit: < 1 or > MostLimit } => LimitProblem,
        { ManagedBy: { } owner } when !Enum.TryParse(owner, out ResourceOwner known) || !Enum.IsDefined(known) => $"managedBy must be one of {string.Join(", ", Enum.GetNames<ResourceOwner>())}.",
        { Label: { } label } when !label.Contains('=', StringComparison.Ordinal) => "label must have the form key=value.",
        { After: not null } when Cursor() is null => "after must be the `next` of the page before; leave it out for the first page.",
        _ => null,
    };

    public ResourceListAnswer Answer(ResourceSnapshot snapshot)
    {
        IEnumerable<StoredResource> found = snapshot.Sorted.Where(Matches);
        if (Cursor() is { } cursor)
        {
            found = found.Where(resource => ResourceKey.Order.Compare(resource.Key, cursor) > 0);
        }

        StoredResource[] page = [.. found.Take(Limit + 1)];
        bool hasMore = page.Length > Limit;
        return new ResourceListAnswer
        {
            Items = [.. page.Take(Limit).Select(resource => resource.Answer())],
            Next = hasMore ? $"{page[Limit - 1].Key.Namespace}/{page[Limit - 1].Key.Kind}/{page[Limit - 1].Key.Name}" : null,
        };
    }

    private bool Matches(StoredResource resource) =>
        (Namespace is null || resource.Key.Namespace == Namespace)
        && (Kind is null || resource.Key.Kind == Kind)
        && (ManagedBy is null || resource.Row.ManagedBy.ToString() == ManagedBy)
        && (Label is null || (resource.Labels.TryGetValue(Label.Split('=', 2)[0], out string? value) && value == Label.Split('=', 2)[1]));

    private ResourceKey? Cursor() => After?.Split('/') is [var ns, var kind, var name] ? new ResourceKey(ns, kind, name) : null;
}
