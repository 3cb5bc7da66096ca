using System.Collections.Frozen;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>An entry as rules see it.</summary>
/// <param name="Until">From this instant on it does not count any more; the greatest = for good.</param>
internal sealed record ListedValue(DateTimeOffset Until)
{
    /// <summary>Goes behind the list's name.</summary>
    public string UntilText => Until == DateTimeOffset.MaxValue ? "" : FormattableString.Invariant($" until {Until.UtcDateTime:yyyy-MM-dd HH:mm}Z");
}

/// <summary>The lists of one namespace as they stand: those of the files, and what came by the API.</summary>
internal sealed class ListView(
    IReadOnlyDictionary<string, FrozenDictionary<string, ListedValue>> ofFiles, IReadOnlyDictionary<string, FrozenDictionary<string, ListedValue>> ofApi)
{
    public static readonly ListView Empty = new(FrozenDictionary<string, FrozenDictionary<string, ListedValue>>.Empty, FrozenDictionary<string, FrozenDictionary<string, ListedValue>>.Empty);

    /// <summary>The entry, unless it has expired; null for none.</summary>
    public ListedValue? Find(string list, string value, DateTimeOffset now) => Find(ofFiles, list, value, now) ?? Find(ofApi, list, value, now);

    private static ListedValue? Find(IReadOnlyDictionary<string, FrozenDictionary<string, ListedValue>> lists, string list, string value, DateTimeOffset now) =>
        lists.TryGetValue(list, out FrozenDictionary<string, ListedValue>? entries) && entries.TryGetValue(value, out ListedValue? entry) && entry.Until > now ? entry : null;
}
