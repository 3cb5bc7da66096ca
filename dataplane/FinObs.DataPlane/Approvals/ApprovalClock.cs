using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Approvals;

/// <summary>What time does to requests: they are overdue, then over. Any number of replicas may look, each change is from the generation that was looked at.</summary>
internal sealed class ApprovalClock(IDatabase database, ApprovalStore store)
{
    private const int Most = 100;

    /// <summary>Ends a request whose time is over.</summary>
    /// <returns>Whether it is over.</returns>
    public async Task<bool> ExpireAsync(ApprovalRequestRow row, CancellationToken cancellationToken)
    {
        DateTimeOffset now = store.Now();
        if (row.Status != ApprovalStatus.Pending || row.ExpiresAt > now)
        {
            return false;
        }

        ApprovalRequestRow after = ApprovalVoting.Close(row, ApprovalStatus.Expired, now, "Its time ran out before enough people agreed: ask again.");
        await store.MoveAsync(row, after, [ApprovalActs.Decision(after, ApprovalActs.Worker)], also: null, cancellationToken);
        return true;
    }

    /// <summary>One pass; returns how many requests were overdue or over.</summary>
    public async Task<int> PassAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = store.Now();
        List<ApprovalRequestRow> due;
        await using (FinObsDbContext db = database.CreateContext())
        {
            due = await db.ApprovalRequests
                .Where(row => row.Status == ApprovalStatus.Pending && (row.ExpiresAt <= now || (row.EscalatedAt == null && row.EscalateAt <= now)))
                .OrderBy(row => row.Id).Take(Most).ToListAsync(cancellationToken);
        }

        foreach (ApprovalRequestRow row in due)
        {
            if (!await ExpireAsync(row, cancellationToken))
            {
                ApprovalRequestRow after = row with { EscalatedAt = now, WaitsFor = row.EscalateTo is { } role ? NameList.Of([.. NameList.Read(row.WaitsFor), role]) : row.WaitsFor };
                await store.MoveAsync(row, after, [ApprovalActs.Event(after, ApprovalActs.Escalated, now)], also: null, cancellationToken);
            }
        }

        return due.Count;
    }
}
