using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Compliance;

/// <summary>Makes entries of the compliance log of the events of one topic, in the commit that moves the cursor on. A later slice whose events compliance must hear of registers one.</summary>
internal interface IComplianceSource
{
    /// <summary>The topic in the log of events.</summary>
    string Topic { get; }

    /// <summary>Entries with an <see cref="ComplianceEntryRow.Origin"/>: an event seen twice is an entry once.</summary>
    Task<IReadOnlyList<ComplianceEntryRow>> EntriesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken);
}

/// <summary>What people refused.</summary>
internal sealed class RejectedApprovals(IDatabase database) : IComplianceSource
{
    private const int IdsPerQuery = 500;

    public string Topic => ApprovalActs.Decided;

    public async Task<IReadOnlyList<ComplianceEntryRow>> EntriesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        List<ComplianceEntryRow> entries = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid[] part in events.Select(item => item.SubjectId).OfType<Guid>().Chunk(IdsPerQuery))
        {
            List<ApprovalRequestRow> rows = await db.ApprovalRequests.Where(row => part.Contains(row.Id) && row.Verdict == ApprovalStatus.Rejected).OrderBy(row => row.Id).ToListAsync(cancellationToken);
            entries.AddRange(rows.Select(EntryOf));
        }

        return entries;
    }

    private static ComplianceEntryRow EntryOf(ApprovalRequestRow row) => new()
    {
        Id = Guid.CreateVersion7(row.DecidedAt!.Value),
        Namespace = row.Namespace,
        EventType = ComplianceKinds.ApprovalRejected,
        Severity = CaseSeverity.Medium,
        Description = $"{row.Action} was refused{(row.Simulation ? ", in a simulation" : "")}: {row.Summary}",
        EntityType = "approval",
        EntityId = row.Id.ToString(),
        Origin = $"{ApprovalActs.Decided}:{row.Id}",
        CreatedBy = "system:cases",
        CreatedAt = row.DecidedAt!.Value,
    };
}
