using System.Text.Json;
using System.Text.RegularExpressions;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>One query of one panel.</summary>
/// <param name="Panel"><c>models.json: PSI by Feature</c>.</param>
/// <param name="Expression">PromQL with Grafana's variables, or TraceQL.</param>
internal sealed record PanelQuery(string Panel, string Expression);

/// <summary>The committed dashboards.</summary>
internal static partial class Dashboards
{
    public static readonly string Folder = RepositoryRoot.Combine("grafana/dashboards");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal);

    public static IReadOnlyList<PanelQuery> PromQL => [.. Queries("expr")];

    public static IReadOnlyList<PanelQuery> TraceQL => [.. Queries("query")];

    /// <summary>Panels of a dashboard, rows left out.</summary>
    public static IEnumerable<JsonElement> PanelsOf(string file) =>
        JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row");

    /// <summary>As Grafana sends it, with everything chosen and short intervals.</summary>
    public static string Resolved(string expression)
    {
        string resolved = expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$__range", "5m", StringComparison.Ordinal);
        return Variable().Replace(resolved, ".*");
    }

    private static IEnumerable<PanelQuery> Queries(string property) =>
        from file in Files
        from panel in PanelsOf(file)
        from target in panel.GetProperty("targets").EnumerateArray()
        where target.TryGetProperty(property, out _)
        select new PanelQuery($"{Path.GetFileName(file)}: {panel.GetProperty("title").GetString()}", target.GetProperty(property).GetString()!);

    [GeneratedRegex(@"\$\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
