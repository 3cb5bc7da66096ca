using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>What was done in a period, in numbers. Leaves and decisions are found by the time in their ids, which is when they were written.</summary>
internal sealed class PeriodEvidence(IDatabase database)
{
    public async Task<EvidenceDocument> ReadAsync(AgentInput.AuditSummary period, CancellationToken cancellationToken)
    {
        (Guid first, Guid last) = (FirstIdOf(period.From), FirstIdOf(period.To));
        await using FinObsDbContext db = database.CreateContext();
        var acts = await db.AuditLeaves.Where(leaf => leaf.Namespace == period.Namespace && leaf.Kind != AuditTables.DecisionKind && leaf.Id >= first && leaf.Id < last)
            .GroupBy(leaf => leaf.Kind).Select(group => new { Kind = group.Key, Count = group.Count() }).OrderBy(group => group.Kind).ToListAsync(cancellationToken);
        int reviewed = await db.Decisions.CountAsync(row => row.Namespace == period.Namespace && row.Decision == Decision.Review && row.Id >= first && row.Id < last, cancellationToken);
        int blocked = await db.Decisions.CountAsync(row => row.Namespace == period.Namespace && row.Decision == Decision.Block && row.Id >= first && row.Id < last, cancellationToken);
        int rejected = await db.ApprovalRequests.CountAsync(row => row.Namespace == period.Namespace && row.Verdict == ApprovalStatus.Rejected && row.DecidedAt >= period.From && row.DecidedAt < period.To, cancellationToken);
        return EvidenceDocument.Of($"{PeriodFacts.Kind}:{Stamp(period.From)}-{Stamp(period.To)}", "Audit log", new PeriodFacts
        {
            From = period.From,
            To = period.To,
            Acts = acts.Sum(act => act.Count),
            ByKind = acts.ToDictionary(act => act.Kind, act => act.Count, StringComparer.Ordinal),
            Reviewed = reviewed,
            Blocked = blocked,
            Overridden = acts.Find(act => act.Kind == OverrideRow.Kind)?.Count ?? 0,
            RejectedApprovals = rejected,
        });
    }

    /// <summary>The least id of version 7 of a millisecond.</summary>
    private static Guid FirstIdOf(DateTimeOffset instant)
    {
        string hex = instant.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return Guid.ParseExact($"{hex}00000000000000000000", "N");
    }

    private static string Stamp(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
