using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Operator.Tests.Resources;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Charts;

/// <summary>What can be said of the charts without Helm; <see cref="HelmTests"/> has the rest.</summary>
public sealed partial class ChartTests
{
    private static readonly string Chart = RepositoryRoot.Combine("charts/finobs");
    private static readonly JsonObject Values = YamlDocuments.Read(Path.Combine(Chart, "values.yaml")).Single();
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")))!.AsObject();

    [Fact]
    public void The_definitions_in_the_chart_are_the_generated_ones()
    {
        string[] names = [.. Directory.EnumerateFiles(RepositoryRoot.Combine("crds"), "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string templates = RepositoryRoot.Combine("charts/finobs-crds/templates");
        Assert.Equal(names, Directory.EnumerateFiles(templates).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllText(RepositoryRoot.Combine($"crds/{name}")), File.ReadAllText(Path.Combine(templates, name))));
    }

    [Theory]
    [InlineData("dashboards", "grafana/dashboards", "*.json")]
    [InlineData("alerts", "grafana/alerts", "*.yaml")]
    public void Dashboards_and_alerts_in_the_chart_are_those_of_the_repository(string folder, string source, string pattern)
    {
        string[] names = [.. Directory.EnumerateFiles(RepositoryRoot.Combine(source), pattern).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(names);
        Assert.Equal(names, Directory.EnumerateFiles(Path.Combine(Chart, folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllText(RepositoryRoot.Combine($"{source}/{name}")), File.ReadAllText(Path.Combine(Chart, folder, name))));
    }

    /// <summary>What Helm would find first.</summary>
    [Fact]
    public void Every_block_of_a_template_has_its_end() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Chart, "templates")),
        file => Assert.Equal(Opened().Count(File.ReadAllText(file)), Ended().Count(File.ReadAllText(file))));

    [Theory]
    [InlineData("operator.yaml")]
    [InlineData("data-plane.yaml")]
    public void Replicas_are_spread_and_their_disruption_is_bounded(string template)
    {
        string text = File.ReadAllText(Path.Combine(Chart, "templates", template));
        Assert.Contains("kind: PodDisruptionBudget", text, StringComparison.Ordinal);
        Assert.Contains("topologyKey: topology.kubernetes.io/zone", text, StringComparison.Ordinal);
        Assert.Contains("topologyKey: kubernetes.io/hostname", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_has_a_comment_above_it()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Chart, "values.yaml"));
        Assert.All(
            Enumerable.Range(0, lines.Length).Where(i => Leaf().IsMatch(lines[i])),
            i =>
            {
                // Values that belong together share a comment: the lines above, up to the first that is none of them.
                int above = i - 1;
                while (above >= 0 && Leaf().IsMatch(lines[above])) above--;
                Assert.True(above >= 0 && lines[above].TrimStart().StartsWith('#'), $"values.yaml:{i + 1} has no comment: {lines[i]}");
            });
    }

    [Fact]
    public void The_schema_knows_every_value_and_no_other() => AssertKnown(Values, Schema, "values");

    [Fact]
    public void Templates_use_every_value_and_no_other()
    {
        string templates = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Chart, "templates")).Select(File.ReadAllText));
        string[] used = [.. Used().Matches(templates).Select(match => match.Groups["path"].Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.All(used, path => Assert.True(Find(path) is not null, $"A template uses .Values.{path}, which values.yaml does not have."));
        Assert.All(Paths(Values, ""), path => Assert.True(
            used.Any(known => path == known || path.StartsWith($"{known}.", StringComparison.Ordinal)), $"No template uses .Values.{path}."));
    }

    private static void AssertKnown(JsonObject values, JsonObject schema, string path)
    {
        Assert.False(schema["additionalProperties"]?.GetValue<bool>() ?? true, $"{path}: a misspelt value would be taken.");
        JsonObject known = schema["properties"]!.AsObject();

        // "global" is given to every chart by Helm.
        Assert.Equal(values.Select(value => value.Key).Order(StringComparer.Ordinal), known.Select(property => property.Key).Where(name => name != "global").Order(StringComparer.Ordinal));
        foreach ((string name, JsonNode? value) in values)
        {
            if (value is JsonObject inner && known[name]!["properties"] is not null) AssertKnown(inner, known[name]!.AsObject(), $"{path}.{name}");
        }
    }

    private static JsonNode? Find(string path) => path.Split('.').Aggregate((JsonNode?)Values, (node, name) => (node as JsonObject)?[name]);

    private static IEnumerable<string> Paths(JsonObject values, string prefix) => values.SelectMany(
        value => value.Value is JsonObject { Count: > 0 } inner ? Paths(inner, $"{prefix}{value.Key}.") : [$"{prefix}{value.Key}"]);

    /// <summary>A line with a key and a value of its own.</summary>
    [GeneratedRegex(@"^\s*[A-Za-z]+: \S", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Leaf();

    [GeneratedRegex(@"\{\{-?\s*(if|range|with|define)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opened();

    [GeneratedRegex(@"\{\{-?\s*end\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ended();

    [GeneratedRegex(@"\.Values\.(?<path>[A-Za-z]+(\.[A-Za-z]+)*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Used();
}
