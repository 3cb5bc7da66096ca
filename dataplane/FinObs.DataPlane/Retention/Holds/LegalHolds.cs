using System.Data.Common;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retention.Holds;

/// <summary>A hold to be placed.</summary>
/// <param name="Namespace">Tenant.</param>
/// <param name="Name">For people.</param>
/// <param name="Scope">What it covers.</param>
/// <param name="Account">Whose records; null for everything.</param>
/// <param name="CaseId">Of which case.</param>
/// <param name="Reason">Why.</param>
internal sealed record NewHold(string Namespace, string Name, HoldScope Scope, string? Account, string? CaseId, string Reason);

/// <summary>Places and finds holds. Placing and erasing exclude each other: a hold that was answered was in time.</summary>
internal sealed class LegalHolds(IDatabase database, AuditKeyring keyring, AuditedCommit commit)
{
    /// <summary>On PostgreSQL; on SQLite there is one writer anyway.</summary>
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(20260041)";

    public async Task<LegalHoldRow> PlaceAsync(NewHold hold, string by, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        LegalHoldRow row = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = hold.Namespace,
            Name = hold.Name,
            Scope = hold.Scope,
            Subject = hold.Account is null ? null : keyring.Token(hold.Namespace, hold.Account),
            CaseId = hold.CaseId,
            Reason = hold.Reason,
            PlacedBy = by,
            PlacedAt = now,
        };
        AuditAct act = new()
        {
            Namespace = hold.Namespace,
            Kind = HoldActs.Placed,
            At = now,
            Actor = by,
            Ref = row.Id,
            About = row.Id,
            Tags = HoldActs.Tags,
            Payload = HoldActs.PlacedPayload(row),
        };
        await commit.WriteAsync(
            act,
            async (session, _, cancel) =>
            {
                await TakeTurnAsync(session, cancel);
                await session.InsertAsync(LegalHoldRow.Table, [row], cancel);
                return true;
            },
            cancellationToken);
        return row;
    }

    public async Task<List<LegalHoldRow>> ListAsync(string @namespace, bool released, int limit, Guid? before, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.LegalHolds.Where(row => row.Namespace == @namespace && (released || row.ReleasedAt == null) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<LegalHoldRow?> FindAsync(string @namespace, Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.LegalHolds.SingleOrDefaultAsync(row => row.Id == id && row.Namespace == @namespace, cancellationToken);
    }

    /// <summary>To the end of the session's transaction, nobody else places a hold or erases.</summary>
    public static async Task TakeTurnAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        if (session.Kind == DatabaseKind.PostgreSql)
        {
            await using DbCommand turn = session.CreateCommand(OneAtATime);
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>A hold that covers the subject, by name, or null.</summary>
    public static async Task<string?> StandingAsync(IWriteSession session, string @namespace, string subject, CancellationToken cancellationToken)
    {
        await using DbCommand find = session.CreateCommand(
            "SELECT name FROM legal_holds WHERE namespace = @namespace AND (subject = @subject OR subject IS NULL) AND released_at IS NULL ORDER BY id LIMIT 1");
        find.With(session.Kind, "namespace", @namespace).With(session.Kind, "subject", subject);
        return await find.ExecuteScalarAsync(cancellationToken) as string;
    }
}
