using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pulls.Schedule;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>The right to run a source, under its own number.</summary>
internal sealed record PullLease(string Namespace, string Name, Guid Owner, long Epoch);

/// <summary>
/// How far each source is, for all replicas. What a run writes is taken only while the run has the source: every write names the run and its number, and none happens once another run has taken over.
/// </summary>
internal sealed class PullStore(IDatabase database, AuditedCommit commit, TimeProvider time)
{
    /// <summary>A source that rests by its spec stays due: there may be many.</summary>
    private const int MostDue = 2_000;

    /// <summary>Items of the quarantine that expire in one commit.</summary>
    private const int MostExpired = 1_000;

    private const string Insert =
        "INSERT INTO pull_sources (namespace, name, uid, revision, lease_until, epoch, next_run_at, failures) "
        + "VALUES (@namespace, @name, @uid, @revision, @now, 0, @next, 0) ON CONFLICT (namespace, name) DO NOTHING";

    private const string Finish =
        "UPDATE pull_sources SET lease_owner = NULL, next_run_at = @next, failures = @failures, suspended_at = @suspended, last_run = @last_run, watermark = @watermark, pending = @pending, "
        + "cursor = @cursor, etag = @etag WHERE namespace = @namespace AND name = @name AND lease_owner = @owner AND epoch = @epoch";

    public async Task<PullSourceRow?> FindAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullSources.FirstOrDefaultAsync(row => row.Namespace == @namespace && row.Name == name, cancellationToken);
    }

    public async Task<List<PullSourceRow>> AllAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullSources.OrderBy(row => row.Namespace).ThenBy(row => row.Name).ToListAsync(cancellationToken);
    }

    /// <summary>A row for the source; for a new revision of it the schedule begins anew and what was asked last is forgotten, for another object of the name everything.</summary>
    public async Task EnsureAsync(StoredResource resource, RunTimes times, CancellationToken cancellationToken)
    {
        (string ns, string name, string uid, long revision) = (resource.Key.Namespace, resource.Key.Name, resource.Row.Uid, resource.Row.Version);
        DateTimeOffset now = time.GetUtcNow(), next = times.First(now);
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<PullSourceRow> older = db.PullSources.Where(row => row.Namespace == ns && row.Name == name && row.Revision < revision);
        int changed = await older.Where(row => row.Uid == uid).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Revision, revision).SetProperty(row => row.NextRunAt, next).SetProperty(row => row.Cursor, (string?)null).SetProperty(row => row.Pending, (string?)null)
                .SetProperty(row => row.ETag, (string?)null).SetProperty(row => row.Failures, 0).SetProperty(row => row.SuspendedAt, (DateTimeOffset?)null)
                .SetProperty(row => row.LeaseOwner, (Guid?)null).SetProperty(row => row.Epoch, row => row.Epoch + 1),
            cancellationToken);
        changed += await older.Where(row => row.Uid != uid).ExecuteDeleteAsync(cancellationToken);
        if (await db.PullSources.AnyAsync(row => row.Namespace == ns && row.Name == name, cancellationToken))
        {
            return;
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand insert = session.CreateCommand(Insert);
        insert.With(session.Kind, "namespace", ns).With(session.Kind, "name", name).With(session.Kind, "uid", uid).With(session.Kind, "revision", revision)
            .With(session.Kind, "now", now).With(session.Kind, "next", next);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Sources whose time has come, that were asked for, or whose run has fallen silent; the longest due first.</summary>
    public async Task<List<PullSourceRow>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullSources
            .Where(row => (row.SuspendedAt == null && (row.NextRunAt <= now || (row.LeaseOwner != null && row.LeaseUntil <= now))) || row.RequestedAt != null)
            .OrderBy(row => row.NextRunAt).ThenBy(row => row.Namespace).ThenBy(row => row.Name).Take(MostDue).ToListAsync(cancellationToken);
    }

    /// <summary>When the next one will be due; null = never.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullSources.Where(row => row.SuspendedAt == null && row.LeaseOwner == null && row.NextRunAt > now).OrderBy(row => row.NextRunAt).Select(row => (DateTimeOffset?)row.NextRunAt).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Takes it for a run, as it was seen; null where another replica was faster. Whoever had it before can write nothing any more.</summary>
    public async Task<PullLease?> TakeAsync(PullSourceRow seen, DateTimeOffset until, DateTimeOffset next, CancellationToken cancellationToken)
    {
        PullLease lease = new(seen.Namespace, seen.Name, Guid.CreateVersion7(time.GetUtcNow()), seen.Epoch + 1);
        await using FinObsDbContext db = database.CreateContext();
        int taken = await db.PullSources
            .Where(row => row.Namespace == seen.Namespace && row.Name == seen.Name && row.Epoch == seen.Epoch && row.LeaseOwner == seen.LeaseOwner)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.LeaseOwner, lease.Owner).SetProperty(row => row.LeaseUntil, until).SetProperty(row => row.Epoch, lease.Epoch)
                    .SetProperty(row => row.NextRunAt, next).SetProperty(row => row.RequestedAt, (DateTimeOffset?)null),
                cancellationToken);
        return taken == 1 ? lease : null;
    }

    /// <summary>The run goes on; false where it has lost the source.</summary>
    public async Task<bool> RenewAsync(PullLease lease, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await Held(db, lease).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, until), cancellationToken) == 1;
    }

    /// <summary>A page is taken in: from here on the next run would go on. False where the run has lost the source.</summary>
    public async Task<bool> SaveAsync(PullLease lease, string? cursor, string? pending, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await Held(db, lease).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Cursor, cursor).SetProperty(row => row.Pending, pending).SetProperty(row => row.LeaseUntil, until), cancellationToken) == 1;
    }

    /// <summary>The run is over: what it leaves, its row of the history and, where the source now rests, the leaf that says so, in one commit.</summary>
    /// <returns>False where the run has lost the source; nothing is written then.</returns>
    public async Task<bool> FinishAsync(PullLease lease, PullSourceRow left, PullRunRow run, string? suspended, CancellationToken cancellationToken)
    {
        async Task<bool> WriteAsync(IWriteSession session)
        {
            DatabaseKind kind = session.Kind;
            await using DbCommand finish = session.CreateCommand(Finish);
            finish.With(kind, "namespace", lease.Namespace).With(kind, "name", lease.Name).With(kind, "owner", lease.Owner).With(kind, "epoch", lease.Epoch)
                .With(kind, "next", left.NextRunAt).With(kind, "failures", left.Failures).With(kind, "suspended", left.SuspendedAt).With(kind, "last_run", left.LastRun)
                .With(kind, "watermark", left.Watermark).With(kind, "pending", left.Pending).With(kind, "cursor", left.Cursor).With(kind, "etag", left.ETag);
            if (await finish.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }

            await session.InsertAsync(PullRunRow.Table, [run], cancellationToken);
            return true;
        }

        if (suspended is not null)
        {
            return await RecordAsync(Change(lease.Namespace, lease.Name, PullActions.Suspended, item: null, suspended, "pulls"), WriteAsync, cancellationToken);
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await WriteAsync(session))
        {
            return false;
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Something is done about a source on somebody's behalf, by a statement with <c>@namespace</c>, <c>@name</c>, <c>@now</c> and <c>@item</c>, with its leaf. False where there is nothing to do it to.
    /// </summary>
    public Task<bool> ActAsync(ResourceKey key, string action, string sql, Guid? item, string? detail, string actor, CancellationToken cancellationToken)
    {
        PullChangeRow change = Change(key.Namespace, key.Name, action, item, detail, actor);
        return RecordAsync(
            change,
            async session =>
            {
                await using DbCommand command = session.CreateCommand(sql);
                command.With(session.Kind, "namespace", key.Namespace).With(session.Kind, "name", key.Name).With(session.Kind, "now", change.ChangedAt);
                if (item is not null)
                {
                    command.With(session.Kind, "item", item).With(session.Kind, "empty", Array.Empty<byte>());
                }

                return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
            },
            cancellationToken);
    }

    /// <summary>Drops all that is kept of a source, unless a run has it. False where one has.</summary>
    public async Task<bool> RemoveAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FinObsDbContext db = database.CreateContext();
        await db.PullSources.Where(row => row.Namespace == key.Namespace && row.Name == key.Name && (row.LeaseOwner == null || row.LeaseUntil <= now)).ExecuteDeleteAsync(cancellationToken);
        if (await db.PullSources.AnyAsync(row => row.Namespace == key.Namespace && row.Name == key.Name, cancellationToken))
        {
            return false;
        }

        await db.PullRuns.Where(row => row.Namespace == key.Namespace && row.Name == key.Name).ExecuteDeleteAsync(cancellationToken);
        await db.PullQuarantine.Where(row => row.Namespace == key.Namespace && row.Name == key.Name).ExecuteDeleteAsync(cancellationToken);
        return true;
    }

    /// <summary>Forgets runs, and what is left of settled items of the quarantine, from before.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        await db.PullRuns.Where(row => row.EndedAt < before).ExecuteDeleteAsync(cancellationToken);
        await db.PullQuarantine.Where(row => row.At < before && row.State != QuarantineStates.Open).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Items that nobody has settled go for good, some at a time, and the audit log says how many of which source; returns how many went.</summary>
    public async Task<int> ExpireAsync(DateTimeOffset before, TimeSpan retention, CancellationToken cancellationToken)
    {
        int expired = 0;
        while (true)
        {
            List<QuarantineRow> old;
            await using (FinObsDbContext db = database.CreateContext())
            {
                old = await db.PullQuarantine.Where(row => row.State == QuarantineStates.Open && row.At < before)
                    .OrderBy(row => row.Namespace).ThenBy(row => row.Name).ThenBy(row => row.At).ThenBy(row => row.Id).Take(MostExpired)
                    .Select(row => new QuarantineRow { Id = row.Id, Namespace = row.Namespace, Name = row.Name, At = row.At, Code = "", Reason = "", Sealed = Array.Empty<byte>(), Truncated = false, State = "" })
                    .ToListAsync(cancellationToken);
            }

            if (old.Count == 0)
            {
                return expired;
            }

            QuarantineRow[] part = [.. old.TakeWhile(row => row.Namespace == old[0].Namespace && row.Name == old[0].Name)];
            Guid[] ids = [.. part.Select(row => row.Id)];
            string detail = string.Create(CultureInfo.InvariantCulture, $"{part.Length} items that nobody settled within {retention.TotalDays:0.##} days, the oldest of {part[0].At.UtcDateTime:u}, were removed.");
            bool isDone = await RecordAsync(
                Change(part[0].Namespace, part[0].Name, PullActions.ItemsExpired, item: null, detail, "pulls"),
                async session =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
                    return await db.PullQuarantine.Where(row => EF.Parameter(ids).Contains(row.Id) && row.State == QuarantineStates.Open).ExecuteDeleteAsync(cancellationToken) == ids.Length;
                },
                cancellationToken);
            if (!isDone)
            {
                return expired; // another replica is at it
            }

            expired += part.Length;
        }
    }

    /// <summary>Sets the next run of a source where it is later than it can be.</summary>
    public async Task PullInAsync(ResourceKey key, DateTimeOffset latest, DateTimeOffset next, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        await db.PullSources.Where(row => row.Namespace == key.Namespace && row.Name == key.Name && row.NextRunAt > latest)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.NextRunAt, next), cancellationToken);
    }

    private static IQueryable<PullSourceRow> Held(FinObsDbContext db, PullLease lease) =>
        db.PullSources.Where(row => row.Namespace == lease.Namespace && row.Name == lease.Name && row.LeaseOwner == lease.Owner && row.Epoch == lease.Epoch);

    private PullChangeRow Change(string @namespace, string name, string action, Guid? item, string? detail, string actor)
    {
        DateTimeOffset now = commit.Now();
        return new PullChangeRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = @namespace,
            Name = name,
            Action = action,
            Item = item,
            Detail = detail,
            Actor = actor,
            ChangedAt = now,
            LeafId = Guid.Empty,
        };
    }

    /// <summary>What <paramref name="write"/> writes, the change and its leaf, in one commit; false where there was nothing to write.</summary>
    private async Task<bool> RecordAsync(PullChangeRow change, Func<IWriteSession, Task<bool>> write, CancellationToken cancellationToken) => await commit.WriteAsync(
        PullAct.Of(change),
        async (session, leaf, cancel) =>
        {
            if (!await write(session))
            {
                return false;
            }

            await session.InsertAsync(PullChangeRow.Table, [change with { LeafId = leaf }], cancel);
            return true;
        },
        cancellationToken) is not null;
}

/// <summary>What the last run found: the status is made of it.</summary>
internal sealed record LastRun
{
    public required PullRun Run { get; init; }

    public required string Outcome { get; init; }

    public required Finding Reachable { get; init; }

    public required Finding SchemaValid { get; init; }

    public required Finding CaughtUp { get; init; }

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static LastRun? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<LastRun>(json, JsonSerializerOptions.Web);
}

/// <summary>One condition as a run found it; null = it could not tell.</summary>
internal sealed record Finding(bool? Holds, string Reason, string Message);
