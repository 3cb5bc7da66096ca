using System.Text.Json;
using System.Text.RegularExpressions;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>What can be said of the dashboards without anything that runs.</summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Names => [.. Dashboards.Files.Select(Path.GetFileName).OfType<string>()];

    [Fact]
    public void The_first_one_has_twelve_panels() => Assert.Equal(12, Dashboards.PanelsOf(Path.Combine(Dashboards.Folder, "finobs.json")).Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_have_ids_and_places_of_their_own(string name)
    {
        JsonElement[] panels = [.. Dashboards.PanelsOf(Path.Combine(Dashboards.Folder, name))];
        Assert.Equal(panels.Length, panels.DistinctBy(panel => panel.GetProperty("id").GetInt32()).Count());
        (int X, int Y)[] cells =
        [
            .. from panel in panels
               let place = panel.GetProperty("gridPos")
               from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
               from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
               select (x, y),
        ];
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Variables_that_are_used_are_declared(string name)
    {
        string text = File.ReadAllText(Path.Combine(Dashboards.Folder, name));
        HashSet<string> declared = [.. JsonDocument.Parse(text).RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!)];
        IEnumerable<string> used = Used().Matches(text).Select(match => match.Groups["name"].Value);
        Assert.All(used.Distinct(), variable => Assert.Contains(variable, declared));
    }

    [GeneratedRegex(@"\$\{?(?<name>[a-z]+)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Used();
}
