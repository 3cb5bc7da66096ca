using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What waits for whoever looks.</summary>
/// <param name="Approvals">Requests that they may decide on.</param>
/// <param name="Mine">Open cases that are theirs.</param>
/// <param name="Unassigned">Open cases that are nobody's.</param>
/// <param name="Overdue">Open cases over their time.</param>
/// <param name="Namespaces">All that have had an event.</param>
internal sealed record Waiting(int Approvals, int Mine, int Unassigned, int Overdue, IReadOnlyList<string> Namespaces);

/// <summary>Counts what waits; nothing for those who may not see it.</summary>
internal sealed class WaitingReader(IDatabase database, TimeProvider time)
{
    /// <summary>Beyond it "99+" is as good.</summary>
    private const int Most = 100;
    private const int MostNamespaces = 200;

    public async Task<Waiting> OfAsync(string @namespace, Viewer who, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        int approvals = !who.May(Permissions.ApprovalDecide)
            ? 0
            : (await new ApprovalQuery(@namespace, null, null, null, true, false, null, null).Apply(db, who.AsVoter()).Select(row => row.Id).Take(Most).ToListAsync(cancellationToken)).Count;
        (int mine, int unassigned, int overdue) = who.May(Permissions.CaseRead) ? await CasesAsync(db, @namespace, who.Name, cancellationToken) : default;
        List<string> names = await db.EventCounters.OrderBy(row => row.Namespace).Select(row => row.Namespace).Take(MostNamespaces).ToListAsync(cancellationToken);
        return new Waiting(approvals, mine, unassigned, overdue, names.Contains(@namespace) ? names : [@namespace, .. names]);
    }

    private async Task<(int Mine, int Unassigned, int Overdue)> CasesAsync(FinObsDbContext db, string @namespace, string name, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IQueryable<CaseRow> open = db.Cases.Where(row => row.Namespace == @namespace && row.Status != CaseStatus.Resolved && (row.SnoozedUntil == null || row.SnoozedUntil <= now));
        return (
            await open.CountAsync(row => row.AssignedTo == name, cancellationToken), await open.CountAsync(row => row.AssignedTo == null, cancellationToken),
            await open.CountAsync(row => row.DueAt < now, cancellationToken));
    }
}
