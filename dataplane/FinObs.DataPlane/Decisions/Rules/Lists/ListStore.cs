using System.Data.Common;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>An entry to be added.</summary>
internal sealed record NewListEntry(string Namespace, string List, string Value, DateTimeOffset? ExpiresAt, string? Note, string By);

/// <summary>An entry before its commit.</summary>
/// <param name="Row">The entry.</param>
/// <param name="Act">That it is added.</param>
/// <param name="WriteAsync">Writes it with the act's leaf; false where the value stands on the list already.</param>
internal sealed record ReadyListEntry(ListEntryRow Row, AuditAct Act, Func<IWriteSession, Guid, CancellationToken, Task<bool>> WriteAsync);

/// <summary>Entries that come by the API: row, leaf and the word to the other replicas in one commit.</summary>
internal sealed class ListStore(IDatabase database, AuditedCommit commit, ListVault vault, IReplicaWords words)
{
    /// <summary>One that has expired makes room for a new one of the same value.</summary>
    private const string Expire =
        "UPDATE rule_list_entries SET removed_at = @now, removed_by = 'system:expired' WHERE namespace = @namespace AND list = @list AND token = @token AND removed_at IS NULL AND expires_at <= @now";

    private const string Insert =
        "INSERT INTO rule_list_entries (id, namespace, list, token, sealed, note, expires_at, added_by, added_at, leaf_id) "
        + "VALUES (@id, @namespace, @list, @token, @sealed, @note, @expires_at, @added_by, @added_at, @leaf_id) "
        + "ON CONFLICT (namespace, list, token) WHERE removed_at IS NULL DO NOTHING";

    private const string Remove =
        "UPDATE rule_list_entries SET removed_at = @now, removed_by = @by WHERE id = @id AND namespace = @namespace AND list = @list AND removed_at IS NULL";

    /// <summary>The row; null where the value stands on the list already.</summary>
    public async Task<ListEntryRow?> AddAsync(NewListEntry entry, CancellationToken cancellationToken)
    {
        ReadyListEntry ready = Prepare(entry);
        return await commit.WriteAsync(ready.Act, ready.WriteAsync, cancellationToken) is null ? null : ready.Row;
    }

    /// <summary>Whether the value stands on the list and counts.</summary>
    public async Task<bool> HasAsync(string @namespace, string list, string value, CancellationToken cancellationToken)
    {
        string token = vault.Token(@namespace, list, value);
        DateTimeOffset now = commit.Now();
        await using FinObsDbContext db = database.CreateContext();
        return await db.Set<ListEntryRow>().AnyAsync(
            row => row.Namespace == @namespace && row.List == list && row.Token == token && row.RemovedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now), cancellationToken);
    }

    /// <summary>The same as <see cref="AddAsync"/> for whoever commits it together with something else.</summary>
    public ReadyListEntry Prepare(NewListEntry entry)
    {
        DateTimeOffset now = commit.Now();
        Guid id = Guid.CreateVersion7(now);
        ListEntryRow row = new()
        {
            Id = id,
            Namespace = entry.Namespace,
            List = entry.List,
            Token = vault.Token(entry.Namespace, entry.List, entry.Value),
            Sealed = vault.Seal(entry.Namespace, entry.List, id, entry.Value),
            Note = entry.Note,
            ExpiresAt = entry.ExpiresAt,
            AddedBy = entry.By,
            AddedAt = now,
        };
        AuditAct act = new()
        {
            Namespace = entry.Namespace,
            Kind = ListActs.Added,
            At = now,
            Actor = entry.By,
            Subject = entry.Value,
            Ref = id,
            Payload = ListActs.AddedPayload(row, entry.Value),
        };
        return new ReadyListEntry(row, act, (session, leaf, cancel) => InsertAsync(session, row, leaf, cancel));
    }

    /// <summary>False where it is not there, or no longer.</summary>
    public async Task<bool> RemoveAsync(string @namespace, string list, Guid id, string by, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        AuditAct act = new()
        {
            Namespace = @namespace,
            Kind = ListActs.Removed,
            At = now,
            Actor = by,
            Ref = Guid.CreateVersion7(now),
            About = id,
            Payload = ListActs.RemovedPayload(id, list, now, by),
        };
        Guid? leaf = await commit.WriteAsync(
            act,
            async (session, _, cancel) =>
            {
                DatabaseKind kind = session.Kind;
                await using DbCommand remove = session.CreateCommand(Remove)
                    .With(kind, "now", now).With(kind, "by", by).With(kind, "id", id).With(kind, "namespace", @namespace).With(kind, "list", list);
                if (await remove.ExecuteNonQueryAsync(cancel) == 0)
                {
                    return false;
                }

                await words.AnnounceAsync(session, ReplicaWord.RulesChanged, cancel);
                return true;
            },
            cancellationToken);
        return leaf is not null;
    }

    /// <summary>A page of what is on a list, newest first.</summary>
    public async Task<List<(ListEntryRow Row, string Value)>> PageAsync(string @namespace, string list, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<ListEntryRow> rows = await db.Set<ListEntryRow>()
            .Where(row => row.Namespace == @namespace && row.List == list && row.RemovedAt == null && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row, vault.Open(row)))];
    }

    /// <summary>Everything that counts, or will until it expires.</summary>
    public async Task<List<(ListEntryRow Row, string Value)>> AllAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<ListEntryRow> rows = await db.Set<ListEntryRow>().Where(row => row.RemovedAt == null).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row, vault.Open(row)))];
    }

    private async Task<bool> InsertAsync(IWriteSession session, ListEntryRow row, Guid leaf, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand expire = Named(session.CreateCommand(Expire), kind, row).With(kind, "now", row.AddedAt);
        await expire.ExecuteNonQueryAsync(cancellationToken);
        await using DbCommand insert = Named(session.CreateCommand(Insert), kind, row)
            .With(kind, "id", row.Id)
            .With(kind, "sealed", row.Sealed)
            .With(kind, "note", row.Note)
            .With(kind, "expires_at", row.ExpiresAt)
            .With(kind, "added_by", row.AddedBy)
            .With(kind, "added_at", row.AddedAt)
            .With(kind, "leaf_id", leaf);
        if (await insert.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await words.AnnounceAsync(session, ReplicaWord.RulesChanged, cancellationToken);
        return true;
    }

    private static DbCommand Named(DbCommand command, DatabaseKind kind, ListEntryRow row) =>
        command.With(kind, "namespace", row.Namespace).With(kind, "list", row.List).With(kind, "token", row.Token);
}
