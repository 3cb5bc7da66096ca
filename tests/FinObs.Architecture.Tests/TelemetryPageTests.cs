using System.Text.RegularExpressions;
using FinObs.Testing;

namespace FinObs.Architecture.Tests;

/// <summary>docs/telemetry.md names every metric, span and attribute that the sources make, and none that they do not.</summary>
public sealed partial class TelemetryPageTests
{
    /// <summary>Ours, and nothing of telemetry: hosts, a file, functions of the dashboard's script.</summary>
    private static readonly string[] Others = ["finobs.io", "finobs.test", "finobs.db", "finobs.css", "finobs.js", "finobs.arrived", "finobs.forget"];

    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs/telemetry.md"));

    [Fact]
    public void Every_name_in_the_sources_is_on_the_page() => Assert.All(Named(), name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));

    [Fact]
    public void Every_name_on_the_page_is_in_the_sources()
    {
        // The operator makes a span's name of a kind.
        HashSet<string> named = [.. Named(), "finobs.operator.modelversion"];
        Assert.All(OnPage().Matches(Page).Select(match => match.Groups["name"].Value).Distinct(), name => Assert.Contains(name, named));
    }

    private static IEnumerable<string> Named() => SourceFiles.Find(".cs")
        .Where(file => !RepositoryRoot.Relative(file).StartsWith("tests/", StringComparison.Ordinal))
        .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value))
        .Distinct(StringComparer.Ordinal).Except(Others).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"""(?<name>finobs\.[a-z_]+(\.[a-z_]+)*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex("`(?<name>finobs\\.[a-z_]+(\\.[a-z_]+)*)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OnPage();
}
