using FinObs.Testing;

namespace FinObs.Architecture.Tests;

public sealed class DecisionPageTests
{
    private static readonly string Folder = RepositoryRoot.Combine("docs/decisions");

    private static IEnumerable<string> Pages => Directory.EnumerateFiles(Folder, "0*.md").Select(path => Path.GetFileName(path)).Order();

    [Fact]
    public void Every_page_is_in_the_index()
    {
        string index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Pages, page => Assert.Contains($"[{page[..4]}]({page})", index));
    }

    [Fact]
    public void Every_page_has_a_number_of_its_own() => Assert.Equal(Pages.Count(), Pages.DistinctBy(page => page[..4]).Count());
}
