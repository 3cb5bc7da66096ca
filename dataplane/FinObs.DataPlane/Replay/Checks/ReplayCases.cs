using System.Globalization;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>A case of each check that found something wrong: one open case a version.</summary>
internal sealed class ReplayCases(IDatabase database) : ICaseSource
{
    public string Topic => ReplayCheckRow.Mismatch;

    public async Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. events.Select(item => item.SubjectId).OfType<Guid>()];
        await using FinObsDbContext db = database.CreateContext();
        List<ReplayCheckRow> checks = await db.ReplayChecks.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return [.. checks.Select(CaseOf)];
    }

    private static NewCase CaseOf(ReplayCheckRow check) => new()
    {
        Namespace = check.Namespace,
        Type = "replay_mismatch",
        Key = $"replay:{check.ModelVersion}",
        Title = $"Stored decisions of {check.ModelVersion} are not what it computes",
        Description = string.Create(
            CultureInfo.InvariantCulture,
            $"Of {check.Sampled} decisions drawn from the {check.Decisions} of the day before {check.DueAt:u}, {check.Mismatched} have another score when they are scored again, and {check.Failed} could not be. Look at one with POST /v1/decisions/{{id}}/replay, and verify the audit log: a score that was changed in the database is found there too. First: {check.Examples.Replace("\n", ", ", StringComparison.Ordinal)}"),
        Severity = CaseSeverity.High,
        Source = CaseSources.Replay,
        Actor = "system:replay",
        DetectionMethod = "nightly replay",
        Reasons = ["ReplayMismatch"],
        Comment = $"Found again by check {check.Id}.",
    };
}
