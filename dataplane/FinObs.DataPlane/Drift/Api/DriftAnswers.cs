using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;

namespace FinObs.DataPlane.Drift.Api;

/// <summary>The drift policies of a namespace.</summary>
internal sealed record DriftList(IReadOnlyList<DriftPolicyAnswer> Items);

/// <summary>A policy and its last check.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Model">What it watches.</param>
/// <param name="Schedule">When, as a cron expression in UTC.</param>
/// <param name="LastCheck">Null: none yet.</param>
internal sealed record DriftPolicyAnswer(string Policy, string Model, string Schedule, DriftCheckAnswer? LastCheck);

/// <summary>Checks, newest first.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Before">Send it as <c>before</c> for the next page; null: there is none.</param>
internal sealed record DriftCheckPage(IReadOnlyList<DriftCheckAnswer> Items, Guid? Before);

/// <summary>A check.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Policy">Whose; null where somebody asked.</param>
/// <param name="Model">What was watched.</param>
/// <param name="Version">Which version.</param>
/// <param name="From">Of the window, by time of receipt.</param>
/// <param name="To">Of the window.</param>
/// <param name="CheckedAt">When.</param>
/// <param name="Samples">Transactions in the window.</param>
/// <param name="Judged">False: fewer than wanted.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Breach">This window breaches.</param>
/// <param name="Drifting">So many of the last ones do that the model counts as drifting.</param>
/// <param name="Drifted">How many quantities drift.</param>
/// <param name="MaxPsi">The largest population stability index.</param>
/// <param name="Followed">What followed.</param>
/// <param name="ReportDigest"><c>sha256:</c> of the report, as the audit log has it.</param>
internal sealed record DriftCheckAnswer(
    Guid Id, string? Policy, string Model, string Version, DateTimeOffset From, DateTimeOffset To, DateTimeOffset CheckedAt, long Samples, bool Judged, DriftSeverity Severity, bool Breach, bool Drifting, int Drifted,
    double? MaxPsi, IReadOnlyList<string> Followed, string ReportDigest)
{
    public static DriftCheckAnswer Of(DriftCheckRow row) => new(
        row.Id, row.Policy.Length == 0 ? null : row.Policy, row.Model, row.Version, row.WindowFrom, row.WindowTo, row.CheckedAt, row.Samples, row.Judged, row.Severity, row.Breach, row.Drifting, row.Drifted,
        row.MaxPsi, row.Followed.Length == 0 ? [] : row.Followed.Split('\n'), row.ReportDigest);
}

/// <summary>A check with its report: every figure of every quantity, and what was left out and why.</summary>
internal sealed record DriftCheckDetail(DriftCheckAnswer Check, JsonNode Report)
{
    public static DriftCheckDetail Of(DriftCheckRow row) => new(DriftCheckAnswer.Of(row), JsonNode.Parse(row.Report)!);
}
