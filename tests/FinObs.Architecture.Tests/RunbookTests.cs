using System.Text.RegularExpressions;
using FinObs.Testing;

namespace FinObs.Architecture.Tests;

/// <summary>Whoever is woken finds a page that says what to do.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Folder = RepositoryRoot.Combine("docs/runbooks");

    private static (string Alert, string Page)[] Alerts =>
        [.. Alert().Matches(File.ReadAllText(RepositoryRoot.Combine("grafana/alerts/finobs.yaml"))).Select(match => (match.Groups["alert"].Value, match.Groups["page"].Value))];

    [Fact]
    public void Every_alert_has_a_page_that_names_it()
    {
        Assert.True(Alerts.Length > 15);
        Assert.All(Alerts, one => Assert.Contains($"`{one.Alert}`", File.ReadAllText(RepositoryRoot.Combine(one.Page)), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_page_is_of_an_alert_and_in_the_index()
    {
        string index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        IEnumerable<string> pages = Directory.EnumerateFiles(Folder, "*.md").Select(path => Path.GetFileName(path)).Where(name => name != "README.md").Order(StringComparer.Ordinal);
        Assert.All(pages, page =>
        {
            Assert.Contains(Alerts, one => one.Page == $"docs/runbooks/{page}");
            Assert.Contains($"]({page})", index, StringComparison.Ordinal);
        });
        Assert.All(Alerts, one => Assert.Contains($"`{one.Alert}`", index, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"- alert: (?<alert>\w+)[\s\S]*?runbook_url: (?<page>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();
}
