using System.Security.Cryptography;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// The data keys of subjects: cached, loaded in one query, made when missing. A new key is committed with, or before, what is encrypted under it: if two replicas make a key for the same subject, the unique
/// index lets one stand and both go on with that one. A key that then stays unused does no harm.
/// </summary>
internal sealed class SubjectKeys(IDatabase database, AuditKeyring keyring, OrderedIds ids, TimeProvider time)
{
    private const int KeySize = 32;
    private const string UnlessThere = "ON CONFLICT (namespace, subject) WHERE destroyed_at IS NULL DO NOTHING";
    private readonly SubjectKeyCache _cache = new(time);

    /// <summary>Keys for all subjects (null: the namespace's own). Not to be called while the caller holds a write session: on SQLite a new key needs the writer.</summary>
    public async Task<Dictionary<string, SubjectKey>> GetAsync(string @namespace, IEnumerable<string?> subjects, CancellationToken cancellationToken)
    {
        var (found, missing) = await FindAsync(@namespace, subjects, ahead: null, cancellationToken);
        if (missing.Count == 0) return found;
        await CreateAsync(@namespace, missing.Keys, cancellationToken);
        await LoadAsync(@namespace, missing, found, cancellationToken);
        return missing.Count == 0 ? found : throw new InvalidOperationException("A subject key was destroyed the moment it was made; the act must be tried again.");
    }

    /// <summary>
    /// The same without a commit: keys of new subjects are rows for the caller to insert in the commit of what is encrypted under them. Where another replica made one meanwhile the unique index refuses
    /// the commit, and the caller, who tries again, finds that one. The keys <paramref name="ahead"/> are of a commit that is under way: they are keys for this caller, who writes nothing if that
    /// commit fails, and for nobody else.
    /// </summary>
    public async Task<(Dictionary<string, SubjectKey> Keys, NewSubjectKeys New)> GetOrMakeAsync(
        string @namespace, IEnumerable<string?> subjects, NewSubjectKeys? ahead, CancellationToken cancellationToken)
    {
        var (found, missing) = await FindAsync(@namespace, subjects, ahead, cancellationToken);
        var rows = new List<SubjectKeyRow>(missing.Count);
        var made = new Dictionary<string, SubjectKey>(missing.Count);
        var now = time.GetUtcNow();
        // In one order everywhere, so that two replicas with the same new subjects cannot wait for each other in a circle.
        foreach (var (token, subject) in missing.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var id = ids.Next(now, RandomNumberGenerator.GetBytes(OrderedIds.RandomBytes));
            var key = new SubjectKey(id, token, RandomNumberGenerator.GetBytes(KeySize));
            rows.Add(new SubjectKeyRow { Id = id, Namespace = @namespace, Subject = token, Wrapped = keyring.Wrap(id, key.Key), CreatedAt = now });
            made[subject] = key;
            found[subject] = key;
        }
        return (found, new NewSubjectKeys(@namespace, rows, made));
    }

    /// <summary>To be called after the commit that inserted them.</summary>
    public void Committed(NewSubjectKeys keys)
    {
        foreach (var (subject, key) in keys.Made) _cache.Add(keys.Namespace, subject, key);
    }

    /// <summary>Forgets a destroyed key in this process; other replicas forget it within ten minutes.</summary>
    public void Forget(Guid keyId) => _cache.Remove(keyId);

    /// <summary>What is cached or stored, and by token the subjects without a key.</summary>
    private async Task<(Dictionary<string, SubjectKey> Found, Dictionary<string, string> Missing)> FindAsync(
        string @namespace, IEnumerable<string?> subjects, NewSubjectKeys? ahead, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, SubjectKey>();
        var missing = new Dictionary<string, string>();
        foreach (var subject in subjects.Select(s => s ?? SubjectKeyRow.NamespaceSubject))
        {
            if (found.ContainsKey(subject)) continue;
            if ((ahead?.Find(@namespace, subject) ?? _cache.Find(@namespace, subject)) is { } known) found[subject] = known;
            else missing.TryAdd(TokenOf(@namespace, subject), subject);
        }
        if (missing.Count > 0) await LoadAsync(@namespace, missing, found, cancellationToken);
        return (found, missing);
    }

    private string TokenOf(string @namespace, string subject) => subject.Length == 0 ? SubjectKeyRow.NamespaceSubject : keyring.Token(@namespace, subject);

    /// <summary>Moves what the table has from <paramref name="missing"/> to <paramref name="found"/>.</summary>
    private async Task LoadAsync(string @namespace, Dictionary<string, string> missing, Dictionary<string, SubjectKey> found, CancellationToken cancellationToken)
    {
        string[] wanted = [.. missing.Keys];
        await using var db = database.CreateHotContext();
        var rows = await LiveKeys(db, @namespace, wanted)
            .Select(k => new { k.Id, k.Subject, k.Wrapped }).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            if (!missing.Remove(row.Subject, out var subject)) continue;
            var key = new SubjectKey(row.Id, row.Subject, keyring.Unwrap(row.Id, row.Wrapped));
            found[subject] = key;
            _cache.Add(@namespace, subject, key);
        }
    }

    /// <summary>PostgreSQL is told to look each subject up: of a join or <c>= ANY</c> its plan may be to read all keys of the namespace and compare each with every subject.</summary>
    private IQueryable<SubjectKeyRow> LiveKeys(FinObsDbContext db, string @namespace, string[] wanted)
    {
        var keys = database.Kind == DatabaseKind.PostgreSql
            ? db.SubjectKeys.FromSql($"SELECT k.* FROM unnest({wanted}) AS wanted(subject) CROSS JOIN LATERAL (SELECT * FROM subject_keys AS s WHERE s.namespace = {@namespace} AND s.subject = wanted.subject AND s.destroyed_at IS NULL LIMIT 1) AS k")
            : db.SubjectKeys.Where(k => EF.Parameter(wanted).Contains(k.Subject));
        return keys.Where(k => k.Namespace == @namespace && k.DestroyedAt == null);
    }

    private async Task CreateAsync(string @namespace, IEnumerable<string> tokens, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var random = new byte[OrderedIds.RandomBytes];
        // In one order everywhere, so that two replicas with the same new subjects cannot wait for each other in a circle.
        var rows = tokens.Order(StringComparer.Ordinal).Select(token =>
        {
            RandomNumberGenerator.Fill(random);
            var id = ids.Next(now, random);
            return (Id: id, Token: token, Wrapped: keyring.Wrap(id, RandomNumberGenerator.GetBytes(KeySize)));
        }).ToList();

        await using var session = await database.BeginWriteAsync(cancellationToken);
        var kind = session.Kind;
        if (kind == DatabaseKind.PostgreSql)
        {
            await using var insert = session.CreateCommand(
                "INSERT INTO subject_keys (id, namespace, subject, wrapped, created_at) SELECT id, @namespace, subject, wrapped, @now FROM unnest(@ids, @subjects, @wrapped) AS new(id, subject, wrapped) " + UnlessThere);
            insert.With(kind, "namespace", @namespace).With(kind, "now", now).With(kind, "ids", rows.Select(r => r.Id).ToArray())
                .With(kind, "subjects", rows.Select(r => r.Token).ToArray()).With(kind, "wrapped", rows.Select(r => r.Wrapped).ToArray());
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        else
        {
            await using var insert = session.CreateCommand(
                "INSERT INTO subject_keys (id, namespace, subject, wrapped, created_at) VALUES (@id, @namespace, @subject, @wrapped, @now) " + UnlessThere);
            foreach (var row in rows)
            {
                insert.Parameters.Clear();
                insert.With(kind, "id", row.Id).With(kind, "namespace", @namespace).With(kind, "subject", row.Token).With(kind, "wrapped", row.Wrapped).With(kind, "now", now);
                await insert.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        await session.CommitAsync(cancellationToken);
    }
}

/// <summary>Keys that become keys with the caller's commit.</summary>
/// <param name="Namespace">Of all of them.</param>
/// <param name="Rows">To be inserted there.</param>
/// <param name="Made">By subject.</param>
internal sealed record NewSubjectKeys(string Namespace, IReadOnlyList<SubjectKeyRow> Rows, IReadOnlyDictionary<string, SubjectKey> Made)
{
    public SubjectKey? Find(string @namespace, string subject) => @namespace == Namespace ? Made.GetValueOrDefault(subject) : null;
}
