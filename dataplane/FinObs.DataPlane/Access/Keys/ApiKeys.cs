using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Keys;

/// <summary>Machines' keys: made, looked up, revoked.</summary>
internal sealed class ApiKeys(IDatabase database, AuditedCommit commit, TimeProvider time)
{
    /// <summary>A row that was read is believed for this long: machines ask thousands of times a second, and a key that is revoked on another replica counts there no longer than this.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>When a key was last used is kept no finer than this.</summary>
    public static readonly TimeSpan UsedEvery = TimeSpan.FromMinutes(10);

    private const int MostCached = 10_000;

    private const string Revoke = "UPDATE api_keys SET revoked_at = @now, revoked_by = @by WHERE id = @id AND revoked_at IS NULL";
    private const string Used = "UPDATE api_keys SET last_used_at = @now WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @before)";

    private readonly ConcurrentDictionary<Guid, Read> _read = new();

    /// <summary>The key that this is; null where it is none, or none any more.</summary>
    public async Task<ApiKeyRow?> FindAsync(string shown, CancellationToken cancellationToken)
    {
        if (ApiKeyText.IdOf(shown) is not { } id || await ReadAsync(id, cancellationToken) is not { } row) return null;
        if (!CryptographicOperations.FixedTimeEquals(ApiKeyText.HashOf(shown), row.Hash) || !IsValid(row)) return null;
        await UseAsync(row, cancellationToken);
        return row;
    }

    public bool IsValid(ApiKeyRow row) => row.RevokedAt is null && time.GetUtcNow() < row.ExpiresAt;

    /// <returns>The row, and the key itself: the only time that it is anywhere.</returns>
    public async Task<(ApiKeyRow Row, string Key)> CreateAsync(string name, IEnumerable<string> permissions, TimeSpan lifetime, string actor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        Guid id = Guid.CreateVersion7(now);
        string key = ApiKeyText.New(id);
        ApiKeyRow row = new()
        {
            Id = id,
            Name = name,
            Hash = ApiKeyText.HashOf(key),
            Permissions = RoleList.Of(permissions),
            CreatedBy = actor,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
            LeafId = Guid.Empty,
        };
        AuditAct act = new() { Namespace = UserActs.Namespace, Kind = ApiKeyActs.Created, At = now, Actor = actor, Ref = id, About = id, Payload = ApiKeyActs.Payload(row) };
        await commit.WriteAsync(
            act,
            async (session, leaf, cancel) =>
            {
                row = row with { LeafId = leaf };
                await session.InsertAsync(ApiKeyRow.Table, [row], cancel);
                return true;
            },
            cancellationToken);
        return (row, key);
    }

    /// <summary>False where there is none of that id that still counts.</summary>
    public async Task<bool> RevokeAsync(Guid id, string actor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        AuditAct act = new() { Namespace = UserActs.Namespace, Kind = ApiKeyActs.Revoked, At = now, Actor = actor, Ref = id, About = id, Payload = ApiKeyActs.RevokedPayload(id, actor, now) };
        Guid? leaf = await commit.WriteAsync(
            act,
            async (session, _, cancel) =>
            {
                await using DbCommand revoke = session.CreateCommand(Revoke);
                revoke.With(session.Kind, "now", now).With(session.Kind, "by", actor).With(session.Kind, "id", id);
                return await revoke.ExecuteNonQueryAsync(cancel) == 1;
            },
            cancellationToken);
        _read.TryRemove(id, out _);
        return leaf is not null;
    }

    private async Task<ApiKeyRow?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(id, out Read? read) && time.GetElapsedTime(read.At) < Fresh) return read.Row;
        long at = time.GetTimestamp();
        await using FinObsDbContext db = database.CreateHotContext();
        ApiKeyRow? row = await db.ApiKeys.FirstOrDefaultAsync(key => key.Id == id, cancellationToken);
        if (row is null) return null;
        if (_read.Count >= MostCached) _read.Clear();
        _read[id] = new Read(row, at);
        return row;
    }

    private async Task UseAsync(ApiKeyRow row, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (row.LastUsedAt is { } last && now - last < UsedEvery) return;
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand used = session.CreateCommand(Used);
        used.With(session.Kind, "now", now).With(session.Kind, "id", row.Id).With(session.Kind, "before", now - UsedEvery);
        await used.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
        _read[row.Id] = new Read(row with { LastUsedAt = now }, time.GetTimestamp());
    }

    private sealed record Read(ApiKeyRow Row, long At);
}
