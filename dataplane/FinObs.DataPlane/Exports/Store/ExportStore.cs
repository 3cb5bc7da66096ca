using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Exports.Store;

/// <summary>The life of exports in the database. Each step is a conditional update: of two replicas one makes it, the other finds nothing to do.</summary>
internal sealed class ExportStore(IDatabase database, AuditedCommit acts, IOptions<ExportOptions> options)
{
    /// <summary>A worker that has not written for so long is taken for dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const string Worker = "system:exports";

    /// <summary>Records it; false where the schedule's time has its export already.</summary>
    public async Task<bool> CreateAsync(ExportRow row, CancellationToken cancellationToken) =>
        await acts.WriteAsync(
            ActOf(row, ExportActs.Requested, row.RequestedBy, ExportActs.Payload(row)),
            async (session, _, cancel) =>
            {
                if (row.Schedule is not null && await IsThereAsync(session, row, cancel)) return false;
                await session.InsertAsync(ExportRow.Table, [row], cancel);
                return true;
            },
            cancellationToken) is not null;

    public async Task<ExportRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Exports.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Newest first.</summary>
    public async Task<List<ExportRow>> ListAsync(string @namespace, string? type, ExportStatus? status, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Exports
            .Where(row => row.Namespace == @namespace && (type == null || row.Type == type) && (status == null || row.Status == status) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The oldest that waits, or whose worker is gone; its lease is this worker's now.</summary>
    public async Task<ExportRow?> ClaimAsync(CancellationToken cancellationToken)
    {
        long now = acts.Now().ToUnixTimeMilliseconds();
        await using FinObsDbContext db = database.CreateContext();
        ExportRow? found = await db.Exports
            .Where(row => row.Status == ExportStatus.Pending || (row.Status == ExportStatus.Running && row.LeaseUntil < now))
            .OrderBy(row => row.Id).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        int attempt = found.Attempt + 1;
        long until = now + (long)Lease.TotalMilliseconds;
        int claimed = await db.Exports
            .Where(row => row.Id == found.Id && row.Attempt == found.Attempt && row.Status == found.Status)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, ExportStatus.Running).SetProperty(row => row.Attempt, attempt).SetProperty(row => row.LeaseUntil, until), cancellationToken);
        return claimed == 1 ? found with { Status = ExportStatus.Running, Attempt = attempt, LeaseUntil = until } : null;
    }

    /// <summary>Adds a part and holds the lease; false where the lease was lost: stop.</summary>
    public async Task<bool> AddPartAsync(ExportRow row, int number, byte[] bytes, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using var hold = session.CreateCommand("UPDATE exports SET lease_until = @until WHERE id = @id AND attempt = @attempt AND status = 'Running'");
        hold.With(session.Kind, "until", (acts.Now() + Lease).ToUnixTimeMilliseconds()).With(session.Kind, "id", row.Id).With(session.Kind, "attempt", row.Attempt);
        if (await hold.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        await session.InsertAsync(ExportPartRow.Table, [new ExportPartRow { ExportId = row.Id, Attempt = row.Attempt, Number = number, Bytes = bytes }], cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The file is whole; its leaf and its manifest say what it is.</summary>
    /// <param name="row">With rows, bytes, SHA-256 and the signed manifest.</param>
    /// <param name="manifest">What the manifest signs, in canonical JSON.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task FinishAsync(ExportRow row, byte[] manifest, CancellationToken cancellationToken) => acts.WriteAsync(
        ActOf(row, ExportActs.Made, Worker, manifest) with { Topic = ExportActs.Made },
        async (session, _, cancel) =>
        {
            await using var finish = session.CreateCommand(
                "UPDATE exports SET status = 'Ready', rows = @rows, bytes = @bytes, sha256 = @sha256, manifest = @manifest, finished_at = @now, expires_at = @expires, lease_until = NULL WHERE id = @id AND attempt = @attempt AND status = 'Running'");
            DateTimeOffset now = acts.Now();
            finish.With(session.Kind, "rows", row.Rows).With(session.Kind, "bytes", row.Bytes).With(session.Kind, "sha256", row.Sha256).With(session.Kind, "manifest", row.Manifest)
                .With(session.Kind, "now", now.ToUnixTimeMilliseconds()).With(session.Kind, "expires", now.AddDays(options.Value.KeepDays).ToUnixTimeMilliseconds())
                .With(session.Kind, "id", row.Id).With(session.Kind, "attempt", row.Attempt);
            if (await finish.ExecuteNonQueryAsync(cancel) == 0) return false;
            await DropPartsAsync(session, row.Id, $"AND attempt <> {row.Attempt}", cancel);
            return true;
        },
        cancellationToken);

    /// <summary>It will not be made, for a reason that trying again does not mend.</summary>
    public Task FailAsync(ExportRow row, string why, CancellationToken cancellationToken) => acts.WriteAsync(
        ActOf(row, ExportActs.Failed, Worker, ExportActs.Payload(row, why)),
        async (session, _, cancel) =>
        {
            await using var fail = session.CreateCommand("UPDATE exports SET status = 'Failed', failure = @why, finished_at = @now, lease_until = NULL WHERE id = @id AND status IN ('Running', 'Pending', 'AwaitingApproval')");
            fail.With(session.Kind, "why", why).With(session.Kind, "now", acts.Now().ToUnixTimeMilliseconds()).With(session.Kind, "id", row.Id);
            if (await fail.ExecuteNonQueryAsync(cancel) == 0) return false;
            await DropPartsAsync(session, row.Id, "", cancel);
            return true;
        },
        cancellationToken);

    /// <summary>Who takes it; recorded before the first byte leaves.</summary>
    public Task DownloadedAsync(ExportRow row, string actor, CancellationToken cancellationToken) =>
        acts.RecordAsync(ActOf(row, ExportActs.Downloaded, actor, ExportActs.Payload(row, row.Sha256!)), cancellationToken);

    /// <summary>Removes files whose time is over; returns how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        long now = acts.Now().ToUnixTimeMilliseconds();
        await using FinObsDbContext db = database.CreateContext();
        List<ExportRow> old = await db.Exports.Where(row => row.Status == ExportStatus.Ready && row.ExpiresAt < now).OrderBy(row => row.Id).Take(100).ToListAsync(cancellationToken);
        foreach (ExportRow row in old)
        {
            await acts.WriteAsync(
                ActOf(row, ExportActs.Expired, Worker, ExportActs.Payload(row, row.Sha256!)),
                async (session, _, cancel) =>
                {
                    await using var expire = session.CreateCommand("UPDATE exports SET status = 'Expired' WHERE id = @id AND status = 'Ready'").With(session.Kind, "id", row.Id);
                    if (await expire.ExecuteNonQueryAsync(cancel) == 0) return false;
                    await DropPartsAsync(session, row.Id, "", cancel);
                    return true;
                },
                cancellationToken);
        }

        return old.Count;
    }

    /// <summary>The file, part by part.</summary>
    public async IAsyncEnumerable<byte[]> PartsAsync(ExportRow row, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int number = 0; ; number++)
        {
            await using FinObsDbContext db = database.CreateContext();
            if (await db.ExportParts.SingleOrDefaultAsync(part => part.ExportId == row.Id && part.Attempt == row.Attempt && part.Number == number, cancellationToken) is not { } part) yield break;
            yield return part.Bytes;
        }
    }

    private static async Task<bool> IsThereAsync(IWriteSession session, ExportRow row, CancellationToken cancellationToken)
    {
        await using var find = session.CreateCommand("SELECT count(*) FROM exports WHERE schedule = @schedule AND occurrence = @occurrence").With(session.Kind, "schedule", row.Schedule).With(session.Kind, "occurrence", row.Occurrence);
        return Convert.ToInt64(await find.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }

    private static async Task DropPartsAsync(IWriteSession session, Guid id, string which, CancellationToken cancellationToken)
    {
        await using var drop = session.CreateCommand($"DELETE FROM export_parts WHERE export_id = @id {which}").With(session.Kind, "id", id);
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    private AuditAct ActOf(ExportRow row, string kind, string actor, byte[] payload) => new()
    {
        Namespace = row.Namespace,
        Kind = kind,
        At = acts.Now(),
        Actor = actor,
        Ref = row.Id,
        About = kind == ExportActs.Requested ? null : row.Id,
        Tags = ExportActs.Tags,
        Payload = payload,
    };
}
