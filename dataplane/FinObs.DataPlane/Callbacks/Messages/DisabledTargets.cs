using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A target that was given up is trouble that somebody has to look at: a case of its own, and an entry of the compliance log.</summary>
internal sealed class DisabledTargets(IDatabase database) : ICaseSource, IComplianceSource
{
    private const string Worker = "system:callbacks";

    public string Topic => CallbackActs.Disabled;

    public async Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken) =>
    [
        .. (await RowsAsync(events, cancellationToken)).Select(row => new NewCase
        {
            Namespace = row.Namespace,
            Type = "delivery_failing",
            Key = $"callback:{row.Target}",
            Title = $"Deliveries to {row.Target} are disabled",
            Description = row.Reason,
            Severity = CaseSeverity.High,
            Source = CaseSources.Callbacks,
            Actor = Worker,
            DetectionMethod = "circuit_breaker",
            Comment = row.Reason,
        }),
    ];

    public async Task<IReadOnlyList<ComplianceEntryRow>> EntriesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken) =>
    [
        .. (await RowsAsync(events, cancellationToken)).Select(row => new ComplianceEntryRow
        {
            Id = Guid.CreateVersion7(row.At),
            Namespace = row.Namespace,
            EventType = ComplianceKinds.CallbackDisabled,
            Severity = CaseSeverity.High,
            Description = $"Deliveries to {row.Target} are disabled: {row.Reason}",
            EntityType = "callback_target",
            EntityId = row.Target,
            Origin = $"{CallbackActs.Disabled}:{row.Id}",
            CreatedBy = Worker,
            CreatedAt = row.At,
        }),
    ];

    private async Task<List<CallbackActRow>> RowsAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. events.Select(item => item.SubjectId).OfType<Guid>()];
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackActs.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
    }
}
