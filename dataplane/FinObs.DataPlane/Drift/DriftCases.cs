using System.Globalization;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Drift;

/// <summary>A case of each drift whose policy wants one: one open case a policy.</summary>
internal sealed class DriftCases(IDatabase database, string topic) : ICaseSource
{
    public string Topic => topic;

    public async Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. events.Select(item => item.SubjectId).OfType<Guid>()];
        await using FinObsDbContext db = database.CreateContext();
        List<DriftCheckRow> checks = await db.DriftChecks.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return [.. checks.Where(check => check.Followed.Split('\n').Contains(nameof(DriftActionType.OpenCase))).Select(CaseOf)];
    }

    private static NewCase CaseOf(DriftCheckRow check) => new()
    {
        Namespace = check.Namespace,
        Type = "model_drift",
        Key = $"drift:{check.PolicyUid}",
        Title = $"{check.Model}@{check.Version} drifts",
        Description = string.Create(
            CultureInfo.InvariantCulture,
            $"The policy {check.Policy} found {check.Drifted} quantities drifting in {check.Samples} transactions received from {check.WindowFrom:u} to {check.WindowTo:u}. Report: /v1/drift/checks/{check.Id}"),
        Severity = CaseSeverity.High,
        Source = CaseSources.Drift,
        Actor = "system:drift",
        DetectionMethod = "drift policy",
        Reasons = ["ModelDrift"],
        Comment = $"Found again by check {check.Id}.",
    };
}
