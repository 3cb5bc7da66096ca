using FinObs.Contracts.Resources;

namespace FinObs.Operator.Crds;

/// <summary>The pages of <c>docs/resources</c>, one a kind: people write the upper part, what stands below the mark is generated.</summary>
internal static class ResourcePages
{
    private const string Mark = "<!-- Below this line: generated from the records by `make generate`. -->\n";

    /// <summary>Name and new content of each page.</summary>
    /// <param name="folder">Where the pages are.</param>
    public static SortedDictionary<string, string> Generate(string folder)
    {
        XmlDocumentation documentation = XmlDocumentation.OfContracts();
        SortedDictionary<string, string> pages = new(StringComparer.Ordinal);
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            string name = $"{kind.Name.ToLowerInvariant()}.md";
            string page = File.ReadAllText(Path.Combine(folder, name));
            int mark = page.IndexOf(Mark, StringComparison.Ordinal);
            if (mark < 0)
            {
                throw new InvalidOperationException($"{name} has no line \"{Mark.Trim()}\": below it the reference is written.");
            }

            pages[name] = page[..(mark + Mark.Length)] + ResourceReference.Of(kind, documentation);
        }

        return pages;
    }
}
