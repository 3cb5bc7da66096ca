using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Drift.Checks;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the drift page shows.</summary>
/// <param name="Last">The newest check; null = there is none yet.</param>
/// <param name="Checks">The newest first.</param>
/// <param name="Chosen">The quantity that is drawn; null = none was judged.</param>
/// <param name="Shape">How it lay in the check's window; null = the counts are not there any more.</param>
/// <param name="Course">Its index in the checks up to this one, the oldest first.</param>
internal sealed record DriftModel(DriftSummary? Last, IReadOnlyList<DriftCheckLine> Checks, DriftFeature? Chosen = null, DriftShape? Shape = null, IReadOnlyList<DriftPoint>? Course = null);

/// <summary>A quantity's stability index in one check.</summary>
internal sealed record DriftPoint(DateTimeOffset At, double Psi);

/// <summary>A check in a list.</summary>
internal sealed record DriftCheckLine(Guid Id, string? Policy, string Model, DateTimeOffset CheckedAt, long Samples, bool Judged, bool Drifting, int Drifted, double? MaxPsi, string ReportDigest)
{
    public string State => !Judged ? "none" : Drifting ? "bad" : Drifted > 0 ? "watch" : "good";

    public string Text => !Judged ? "too few" : Drifting ? "drifting" : Drifted > 0 ? "watch" : "stable";
}

/// <summary>Reads checks and what their reports say of each quantity.</summary>
internal sealed class DriftReader(DriftChecks checks, DriftShapes shapes)
{
    private const int MostChecks = 24;

    public async Task<DriftSummary?> LastAsync(string @namespace, CancellationToken cancellationToken)
    {
        List<DriftCheckRow> rows = await checks.PageAsync(@namespace, policy: null, before: null, MostChecks, cancellationToken);
        return rows.Count == 0 ? null : SummaryOf(rows);
    }

    /// <param name="namespace">Whose checks.</param>
    /// <param name="check">Which; null = the newest.</param>
    /// <param name="quantity">Which is drawn; null = the worst.</param>
    /// <param name="cancellationToken">Ends the queries.</param>
    public async Task<DriftModel?> ReadAsync(string @namespace, Guid? check, string? quantity, CancellationToken cancellationToken)
    {
        List<DriftCheckRow> rows = await checks.PageAsync(@namespace, policy: null, before: null, MostChecks, cancellationToken);
        int at = check is { } id ? rows.FindIndex(row => row.Id == id) : 0;
        List<DriftCheckRow> from = at > 0 ? rows[at..] : rows;
        DriftSummary? last = from.Count == 0 ? null : SummaryOf(from);
        DriftFeature? chosen = last?.Features.FirstOrDefault(feature => feature.Name == quantity) ?? (last is { Features: [var worst, ..] } ? worst : null);
        return new DriftModel(
            last,
            [.. rows.Select(row => new DriftCheckLine(row.Id, row.Policy.Length == 0 ? null : row.Policy, $"{row.Model}@{row.Version}", row.CheckedAt, row.Samples, row.Judged, row.Drifting, row.Drifted, row.MaxPsi, row.ReportDigest))],
            chosen, chosen is null ? null : await shapes.OfAsync(from[0], chosen.Name, cancellationToken), chosen is null ? null : CourseOf(from, chosen.Name));
    }

    private static List<DriftPoint> CourseOf(List<DriftCheckRow> rows, string name) =>
    [
        .. rows.Where(row => row.Model == rows[0].Model && row.Version == rows[0].Version).Reverse()
            .Select(row => (row.CheckedAt, Psi: PsiOf(JsonNode.Parse(row.Report)!, name))).Where(one => one.Psi is not null).Select(one => new DriftPoint(one.CheckedAt, one.Psi!.Value)),
    ];

    private static double? PsiOf(JsonNode report, string name) =>
        NumberOf((report["features"]?.AsArray() ?? []).OfType<JsonObject>().FirstOrDefault(one => one["name"]?.GetValue<string>() == name)?["psi"]);

    private static DriftSummary SummaryOf(List<DriftCheckRow> rows)
    {
        DriftCheckRow last = rows[0];
        JsonNode[] reports = [.. rows.Where(row => row.Model == last.Model && row.Version == last.Version).Select(row => JsonNode.Parse(row.Report)!)];
        DriftFeature[] features =
        [
            .. (reports[0]["features"]?.AsArray() ?? []).OfType<JsonObject>().Select(feature => FeatureOf(feature, reports)).OrderByDescending(feature => feature.State == "bad")
                .ThenByDescending(feature => feature.State == "watch").ThenByDescending(feature => feature.Psi ?? -1),
        ];
        return new DriftSummary(last.Id, $"{last.Model}@{last.Version}", last.CheckedAt, last.Samples, last.Judged, last.Drifting, last.Severity, last.Drifted, last.MaxPsi, features);
    }

    private static DriftFeature FeatureOf(JsonObject feature, JsonNode[] reports)
    {
        string name = feature["name"]!.GetValue<string>();
        bool drifts = feature["drifts"]?.GetValue<bool>() == true, warns = feature["warns"]?.GetValue<bool>() == true;
        return new DriftFeature(
            name, NumberOf(feature["psi"]), NumberOf(feature["q_value"]) ?? NumberOf(feature["p_value"]), NumberOf(feature["value"]), NumberOf(feature["threshold"]), (long)(NumberOf(feature["rows"]) ?? 0),
            drifts ? "bad" : warns ? "watch" : "good", feature["test"]?.ToString() ?? "",
            [
                .. reports.Reverse().Select(report => PsiOf(report, name)).OfType<double>(),
            ]);
    }

    /// <summary>Canonical JSON writes 64-bit integers as strings.</summary>
    private static double? NumberOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Number => node.GetValue<double>(),
        JsonValueKind.String when double.TryParse(node.GetValue<string>(), out double number) => number,
        _ => null,
    };
}
