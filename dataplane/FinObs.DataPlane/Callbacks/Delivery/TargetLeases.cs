using System.Data.Common;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>
/// Shares the targets out among the replicas: each is served by one of them at a time, so that its rate, its requests under way, its circuit and its order hold exactly. A replica says by a row of its own
/// that it is alive, and takes no more than its share.
/// </summary>
internal sealed class TargetLeases(IDatabase database, IOptions<CallbackOptions> options, TimeProvider time)
{
    private const string ReplicaPrefix = "replica/";
    private const string TargetPrefix = "target/";

    private const string Take =
        "INSERT INTO callback_leases (name, owner, until) VALUES (@name, @owner, @until) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until "
        + "WHERE callback_leases.owner = @owner OR callback_leases.until < @now OR callback_leases.until > @impossible";

    private readonly string _owner = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    public TimeSpan Length => options.Value.LeaseTime;

    /// <summary>Renews and takes leases; returns the targets that are this replica's until <see cref="Length"/> has passed.</summary>
    public async Task<HashSet<ResourceKey>> RenewAsync(IReadOnlyCollection<ResourceKey> targets, CancellationToken cancellationToken)
    {
        // SQLite has one process: nobody to share with, nor to wait for.
        if (database.Kind == DatabaseKind.Sqlite)
        {
            return [.. targets];
        }

        DateTimeOffset now = time.GetUtcNow();
        Dictionary<string, CallbackLeaseRow> rows = await RowsAsync(cancellationToken);
        int replicas = rows.Values.Count(row => row.Name.StartsWith(ReplicaPrefix, StringComparison.Ordinal) && IsAlive(row, now) && row.Owner != _owner) + 1;
        int share = (targets.Count + replicas - 1) / replicas;

        // Those that are ours already come first: a target changes hands only where it must.
        ResourceKey[] wanted =
        [
            .. targets.Where(target => !rows.TryGetValue(NameOf(target), out CallbackLeaseRow? row) || row.Owner == _owner || !IsAlive(row, now))
                .OrderByDescending(target => rows.TryGetValue(NameOf(target), out CallbackLeaseRow? row) && row.Owner == _owner)
                .ThenBy(target => target, ResourceKey.Order)
                .Take(share),
        ];

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await TakeAsync(session, ReplicaPrefix + _owner, now, cancellationToken);
        HashSet<ResourceKey> mine = [];
        foreach (ResourceKey target in wanted.Order(ResourceKey.Order))
        {
            if (await TakeAsync(session, NameOf(target), now, cancellationToken))
            {
                mine.Add(target);
            }
        }

        await session.CommitAsync(cancellationToken);
        return mine;
    }

    /// <summary>Lets go: another replica may serve it at once.</summary>
    public Task ReleaseAsync(ResourceKey target, CancellationToken cancellationToken) => DropAsync("name = @name AND owner = @owner", NameOf(target), cancellationToken);

    /// <summary>Lets go of everything; and sweeps up after replicas that died.</summary>
    public Task ReleaseAllAsync(CancellationToken cancellationToken) => DropAsync("owner = @owner OR until < @name", time.GetUtcNow() - TimeSpan.FromDays(1), cancellationToken);

    private async Task DropAsync(string which, object name, CancellationToken cancellationToken)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            return;
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand drop = session.CreateCommand($"DELETE FROM callback_leases WHERE {which}");
        await drop.With(session.Kind, "name", name).With(session.Kind, "owner", _owner).ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private async Task<Dictionary<string, CallbackLeaseRow>> RowsAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackLeases.OrderBy(row => row.Name).ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
    }

    private async Task<bool> TakeAsync(IWriteSession session, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using DbCommand take = session.CreateCommand(Take);
        take.With(session.Kind, "name", name).With(session.Kind, "owner", _owner).With(session.Kind, "until", now + Length)
            .With(session.Kind, "now", now).With(session.Kind, "impossible", now + (2 * Length));
        return await take.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>A lease that ends later than any could was given by a clock that ran ahead.</summary>
    private bool IsAlive(CallbackLeaseRow row, DateTimeOffset now) => row.Until >= now && row.Until <= now + (2 * Length);

    private static string NameOf(ResourceKey target) => $"{TargetPrefix}{target.Namespace}/{target.Name}";
}
