using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Compliance;

/// <summary>What came of it.</summary>
internal abstract record ComplianceOutcome
{
    internal sealed record Done(ComplianceEntryRow Row) : ComplianceOutcome;

    internal sealed record Unknown : ComplianceOutcome;

    internal sealed record AlreadyResolved(string By) : ComplianceOutcome;
}

/// <summary>Writes entries and resolves them, once.</summary>
internal sealed class ComplianceLog(IDatabase database, AuditedCommit commit)
{
    public DateTimeOffset Now() => commit.Now();

    public async Task<ComplianceEntryRow> WriteAsync(ComplianceEntryRow row, CancellationToken cancellationToken)
    {
        Guid? leaf = await commit.WriteAsync(
            row.Act(),
            async (session, id, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row with { LeafId = id });
                return await db.SaveChangesAsync(cancel) > 0;
            },
            cancellationToken);
        return row with { LeafId = leaf!.Value };
    }

    /// <summary>Of two at once one resolves it.</summary>
    public async Task<ComplianceOutcome> ResolveAsync(Guid id, string actor, string notes, CancellationToken cancellationToken)
    {
        ComplianceEntryRow? found = await FindAsync(id, cancellationToken);
        if (found is null)
        {
            return new ComplianceOutcome.Unknown();
        }

        ComplianceEntryRow after = found with { Resolved = true, ResolvedAt = commit.Now(), ResolvedBy = actor, Notes = notes };
        AuditAct act = new()
        {
            Namespace = after.Namespace,
            Kind = ComplianceKinds.Resolved,
            At = after.ResolvedAt!.Value,
            Actor = actor,
            Ref = id,
            About = id,
            Payload = after.ResolutionPayload(),
        };
        Guid? written = await commit.WriteAsync(
            act,
            async (session, leaf, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                return await db.ComplianceLog.Where(row => row.Id == id && !row.Resolved).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Resolved, true)
                        .SetProperty(row => row.ResolvedAt, after.ResolvedAt)
                        .SetProperty(row => row.ResolvedBy, after.ResolvedBy)
                        .SetProperty(row => row.Notes, after.Notes)
                        .SetProperty(row => row.ResolutionLeafId, leaf),
                    cancel) == 1;
            },
            cancellationToken);
        found = (await FindAsync(id, cancellationToken))!;
        return written is null ? new ComplianceOutcome.AlreadyResolved(found.ResolvedBy!) : new ComplianceOutcome.Done(found);
    }

    public async Task<ComplianceEntryRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ComplianceLog.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }
}
