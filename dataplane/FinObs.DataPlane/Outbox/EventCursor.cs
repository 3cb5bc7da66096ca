using System.Data.Common;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Outbox;

/// <summary>Events that a reader has not seen yet.</summary>
/// <param name="Namespace">Whose.</param>
/// <param name="From">The last one that was read; 0 = none.</param>
/// <param name="Last">The newest.</param>
internal sealed record UnreadEvents(string Namespace, long From, long Last);

/// <summary>
/// How far one reader has come in each namespace's events. What it makes of a page and the move are one commit, and the cursor moves only from where it was read: each event counts once, whoever reads it twice. The turn only
/// spares two replicas the same work.
/// </summary>
/// <param name="database">Where the cursor is.</param>
/// <param name="reader">Its name; never given to another.</param>
/// <param name="lockNumber">Of the advisory lock on PostgreSQL; unique in the product.</param>
internal sealed class EventCursor(IDatabase database, string reader, long lockNumber)
{
    private const string Move =
        "INSERT INTO event_cursors (reader, namespace, last_event_id) VALUES (@reader, @namespace, @to) "
        + "ON CONFLICT (reader, namespace) DO UPDATE SET last_event_id = excluded.last_event_id WHERE event_cursors.last_event_id = @from";

    /// <summary>As <see cref="IEventReader"/> asks.</summary>
    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.EventCursors.Where(row => row.Reader == reader && row.Namespace == @namespace).Select(row => (long?)row.LastEventId).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Namespaces with events that are ahead of the cursor. Without a cursor none was read.</summary>
    public async Task<List<UnreadEvents>> BehindAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<EventCursorRow> own = db.EventCursors.Where(row => row.Reader == reader);
        var found = await (
            from counter in db.EventCounters
            join cursor in own on counter.Namespace equals cursor.Namespace into cursors
            from cursor in cursors.DefaultIfEmpty()
            where cursor == null || cursor.LastEventId < counter.LastEventId
            orderby counter.Namespace
            select new { counter.Namespace, From = cursor == null ? (long?)null : cursor.LastEventId, Last = counter.LastEventId })
            .ToListAsync(cancellationToken);
        return [.. found.Select(row => new UnreadEvents(row.Namespace, row.From ?? 0, row.Last))];
    }

    /// <summary>Until it is disposed no other replica takes one; null where another one has it. SQLite has one process: nothing is held there.</summary>
    public async Task<EventTurn?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (database.Kind != DatabaseKind.PostgreSql)
        {
            return new EventTurn(null);
        }

        IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        try
        {
            await using DbCommand command = session.CreateCommand("SELECT pg_try_advisory_xact_lock(@number)").With(session.Kind, "number", lockNumber);
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            {
                return new EventTurn(session);
            }
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        await session.DisposeAsync();
        return null;
    }

    /// <summary>Moves it inside the caller's commit; false where another one has read these events, and the caller writes nothing.</summary>
    public async Task<bool> MoveAsync(IWriteSession session, string @namespace, long from, long to, CancellationToken cancellationToken)
    {
        await using DbCommand move = session.CreateCommand(Move).With(session.Kind, "reader", reader).With(session.Kind, "namespace", @namespace)
            .With(session.Kind, "from", from).With(session.Kind, "to", to);
        return await move.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}

/// <summary>A reader's turn. <see cref="Session"/> holds the lock, and may be what is written in; null where nothing is held.</summary>
internal sealed record EventTurn(IWriteSession? Session) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Session?.DisposeAsync() ?? ValueTask.CompletedTask;
}
