using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>An act before its commit.</summary>
/// <param name="Act">For its leaf.</param>
/// <param name="WriteAsync">Writes its rows with the act's leaf.</param>
internal sealed record ReadyTargetAct(AuditAct Act, Func<IWriteSession, Guid, CancellationToken, Task<bool>> WriteAsync);

/// <summary>What is done to a target as a whole, by us or by people: each with its audit leaf in the same commit, and as an event of the stream.</summary>
internal sealed partial class TargetActs(IDatabase database, AuditedCommit commit, TimeProvider time, ILogger<TargetActs> logger)
{
    private const string Worker = "system:callbacks";
    private const int Part = 2000;

    /// <summary>Nothing more is sent until somebody enables it.</summary>
    public async Task DisableAsync(ResourceKey target, string reason, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        CallbackStateRow row = new() { Namespace = target.Namespace, Target = target.Name, DisabledAt = now, DisabledReason = reason };
        await CommitAsync(target, CallbackActs.Disabled, reason, Worker, 0, session => StateStore.WriteDisabledAsync(session, row, cancellationToken), cancellationToken);
        Disabled(logger, target, reason);
    }

    /// <summary>Deliveries go on, with a closed circuit; what is among the dead letters stays there until somebody replays it.</summary>
    public Task EnableAsync(ResourceKey target, CallbackStateRow state, ActRequest asked, CancellationToken cancellationToken)
    {
        CallbackStateRow row = Enabled(state);
        return CommitAsync(
            target, CallbackActs.Enabled, "It was enabled.", asked.Actor, 0,
            async session =>
            {
                await StateStore.WriteDisabledAsync(session, row, cancellationToken);
                await StateStore.WriteProgressAsync(session, row, cancellationToken);
            },
            cancellationToken, asked.Once);
    }

    /// <summary>The same as <see cref="EnableAsync"/> for whoever commits it together with something else.</summary>
    public ReadyTargetAct PrepareEnable(ResourceKey target, CallbackStateRow state, string actor)
    {
        CallbackStateRow after = Enabled(state);
        CallbackActRow row = ActOf(target, CallbackActs.Enabled, "It was enabled.", actor, 0);
        return new ReadyTargetAct(row.Audited(), async (session, leaf, cancel) =>
        {
            await StateStore.WriteDisabledAsync(session, after, cancel);
            await StateStore.WriteProgressAsync(session, after, cancel);
            await session.InsertAsync([CallbackActRow.Table.Rows([row with { LeafId = leaf }])], cancel);
            return true;
        });
    }

    /// <summary>Messages go again; those that wait already stay as they are.</summary>
    public Task ReplayAsync(ResourceKey target, IReadOnlyList<CallbackDeliveryRow> rows, IReadOnlyList<Guid> letters, string reason, ActRequest asked, CancellationToken cancellationToken) =>
        CommitAsync(
            target, CallbackActs.Replayed, reason, asked.Actor, rows.Count,
            session => session.InsertAsync([DeadLetterStore.Taken.Rows(letters), CallbackDeliveryRow.TableOfMissing.Rows(rows)], cancellationToken),
            cancellationToken, asked.Once);

    /// <summary>How many messages an act was about that was asked for under this id; null where it was not done yet.</summary>
    public async Task<long?> DoneAsync(Guid? once, CancellationToken cancellationToken)
    {
        if (once is not { } id)
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackActs.Where(row => row.Id == id).Select(row => (long?)row.Messages).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>A part of what waits for a target becomes dead letters; returns how many did.</summary>
    public async Task<int> GiveUpAsync(ResourceKey target, string reason, CancellationToken cancellationToken)
    {
        List<CallbackDeliveryRow> rows;
        await using (FinObsDbContext db = database.CreateContext())
        {
            rows = await db.CallbackDeliveries.Where(row => row.Namespace == target.Namespace && row.Target == target.Name)
                .OrderBy(row => row.DueAt).ThenBy(row => row.Id).Take(Part).ToListAsync(cancellationToken);
        }

        if (rows.Count > 0)
        {
            DateTimeOffset now = time.GetUtcNow();
            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            await session.InsertAsync(
                [
                    CallbackDeliveryRow.Done.Rows([.. rows.Select(row => row.Id)]),
                    CallbackDeadLetterRow.Table.Rows([.. rows.Select(row => CallbackDeadLetterRow.Of(row, reason, 0, now))]),
                ],
                cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return rows.Count;
    }

    private static CallbackStateRow Enabled(CallbackStateRow state) =>
        state with { DisabledAt = null, DisabledReason = null, Breaker = BreakerState.Closed, OpenUntil = null, Consecutive = 0, ThrottledUntil = null, FailingSince = null };

    private async Task CommitAsync(
        ResourceKey target, string kind, string reason, string actor, long messages, Func<IWriteSession, Task> write, CancellationToken cancellationToken, Guid? once = null)
    {
        CallbackActRow row = ActOf(target, kind, reason, actor, messages, once);
        await commit.WriteAsync(
            row.Audited(),
            async (session, leaf, cancel) =>
            {
                await write(session);
                await session.InsertAsync(CallbackActRow.Table, [row with { LeafId = leaf }], cancel);
                return true;
            },
            cancellationToken);
    }

    private CallbackActRow ActOf(ResourceKey target, string kind, string reason, string actor, long messages, Guid? once = null)
    {
        DateTimeOffset now = commit.Now();
        return new CallbackActRow
        {
            Id = once ?? Guid.CreateVersion7(now),
            Namespace = target.Namespace,
            Target = target.Name,
            Act = kind,
            Reason = reason,
            Actor = actor,
            At = now,
            Messages = messages,
            LeafId = Guid.Empty,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} is disabled: {Reason} Its messages go to the dead letters until somebody enables it.")]
    private static partial void Disabled(ILogger logger, ResourceKey target, string reason);
}

/// <summary>Who asks for an act, and whether only once.</summary>
/// <param name="Actor">On whose behalf.</param>
/// <param name="Once">The act's id where it is to be done once however often it is asked for; see <see cref="CallbackIds.OfRequest"/>.</param>
internal sealed record ActRequest(string Actor, Guid? Once = null);
