using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Retention.Holds;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retention;

/// <summary>What came of a wish to erase a subject.</summary>
internal abstract record ErasureOutcome
{
    /// <param name="LeafId">Proves when and by whom the key was destroyed.</param>
    /// <param name="Rows">Rows that lost their personal columns, or were removed.</param>
    internal sealed record Erased(Guid LeafId, int Rows) : ErasureOutcome;

    internal sealed record Unknown : ErasureOutcome;

    internal sealed record Retained(DateTimeOffset Until) : ErasureOutcome;

    internal sealed record Held(string Hold) : ErasureOutcome;

    /// <summary>Work that is not done needs it, e.g. an open case.</summary>
    internal sealed record Needed(string By) : ErasureOutcome;
}

/// <summary>
/// Erases what is known of an account, if retention is over and no hold stands: its key is destroyed, which shreds every payload, and each slice takes it out of its rows, in one commit with the leaf that proves it.
/// </summary>
internal sealed class SubjectEraser(
    IDatabase database, SubjectShredder shredder, IEnumerable<IPersonalRows> personal, TimeProvider time, IOptions<RetentionOptions> options)
{
    public async Task<ErasureOutcome> EraseAsync(string @namespace, string account, string actor, string reason, CancellationToken cancellationToken)
    {
        using Shredding shredding = await shredder.PrepareAsync(@namespace, account, cancellationToken);
        ErasedSubject subject = new(@namespace, account, shredding.Token);
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await LegalHolds.TakeTurnAsync(session, cancellationToken);
        if (await LegalHolds.StandingAsync(session, @namespace, subject.Token, cancellationToken) is { } hold)
        {
            return new ErasureOutcome.Held(hold);
        }

        if (await LastRecordAsync(@namespace, account, subject.Token, cancellationToken) is not { } last)
        {
            return new ErasureOutcome.Unknown();
        }

        if (last.AddYears(options.Value.Years) is var until && until > time.GetUtcNow())
        {
            return new ErasureOutcome.Retained(until);
        }

        foreach (IPersonalRows part in personal)
        {
            if (await part.NeededByAsync(session, subject, cancellationToken) is { } need)
            {
                return new ErasureOutcome.Needed(need);
            }
        }

        int rows = 0;
        foreach (IPersonalRows part in personal)
        {
            rows += await part.EraseAsync(session, subject, cancellationToken);
        }

        if (await shredding.WriteAsync(session, actor, reason, cancellationToken) is not { } leaf)
        {
            return new ErasureOutcome.Unknown();
        }

        await session.CommitAsync(cancellationToken);
        shredding.Committed();
        foreach (IPersonalRows part in personal)
        {
            part.Forget(subject);
        }

        return new ErasureOutcome.Erased(leaf, rows);
    }

    /// <summary>When the account's last transaction came, or, without one, when its key was made; null where there is no key that could be destroyed.</summary>
    private async Task<DateTimeOffset?> LastRecordAsync(string @namespace, string account, string token, CancellationToken cancellationToken)
    {
        long hash = (long)StableHash.Of(account);
        await using FinObsDbContext db = database.CreateContext();
        DateTimeOffset? made = await Keys.MadeAsync(db, @namespace, token, cancellationToken);

        // Ids carry the time of receipt, and the index is by account and id.
        DateTimeOffset? last = await db.Transactions.Where(row => row.AccountHash == hash && row.AccountId == account && row.Namespace == @namespace)
            .OrderByDescending(row => row.Id).Select(row => (DateTimeOffset?)row.ReceivedAt).FirstOrDefaultAsync(cancellationToken);
        return made is null ? null : last > made ? last : made;
    }
}
