using System.Globalization;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>Puts a case's story together: what was done, the decisions that it groups, the requests about it.</summary>
internal sealed class CaseTimelines(IDatabase database)
{
    /// <param name="id">The case's.</param>
    /// <param name="skip">So many of the oldest are left out.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Oldest first; null where there is no such case.</returns>
    public async Task<TimelineAnswer?> ReadAsync(Guid id, int skip, int most, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        if (!await db.Cases.AnyAsync(row => row.Id == id, cancellationToken))
        {
            return null;
        }

        // Each kind as far as the page could reach, then the page of them all.
        int reach = skip + most + 1;
        List<TimelineItem> items =
        [
            .. (await db.CaseActivities.Where(row => row.CaseId == id).OrderBy(row => row.Id).Take(reach).ToListAsync(cancellationToken)).Select(TimelineItem.Of),
            .. (await db.CaseTransactions.Where(row => row.CaseId == id).OrderBy(row => row.TransactionRef).Take(reach).ToListAsync(cancellationToken)).Select(TimelineItem.Of),
            .. (await db.ApprovalRequests.Where(row => row.About == id).OrderBy(row => row.Id).Take(reach).ToListAsync(cancellationToken)).Select(TimelineItem.Of),
        ];
        TimelineItem[] page = [.. items.OrderBy(item => item.At).ThenBy(item => item.Ref.ToString("N"), StringComparer.Ordinal).Skip(skip).Take(most)];
        return new TimelineAnswer(id, page, items.Count > skip + most ? (skip + most).ToString(CultureInfo.InvariantCulture) : null);
    }
}
