using System.Data.Common;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>Which rule sets were in force, and since when: a leaf for each change, in one commit with its content.</summary>
internal sealed class RuleChanges(IDatabase database, AuditedCommit commit)
{
    private const string Actor = "system:rules";

    private const string Insert =
        "INSERT INTO rule_changes (sequence, id, digest, previous, rules, content, changed_at, leaf_id) "
        + "VALUES (@sequence, @id, @digest, @previous, @rules, @content, @changed_at, @leaf_id) ON CONFLICT (sequence) DO NOTHING";

    /// <summary>A race with another replica is decided by the number; whoever loses looks again.</summary>
    private const int Attempts = 10;

    /// <summary>Records that a set comes into force, unless it already is; nothing where there never was a rule.</summary>
    public async Task RecordAsync(RuleSet set, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            RuleChangeRow? last = await LastAsync(cancellationToken);
            if (last?.Digest == set.Digest || (last is null && set.IsEmpty))
            {
                return;
            }

            if (await WriteAsync(set, last, cancellationToken))
            {
                return;
            }

            if (attempt == Attempts)
            {
                throw new InvalidOperationException("The change of the rules could not be recorded: other replicas kept being faster.");
            }
        }
    }

    /// <summary>The newest change; null where there was none.</summary>
    public async Task<RuleChangeRow?> LastAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Set<RuleChangeRow>().OrderByDescending(row => row.Sequence).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The content of a set that was once in force; null for another digest.</summary>
    public async Task<byte[]?> ContentAsync(string digest, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Set<RuleChangeRow>().Where(row => row.Digest == digest).OrderBy(row => row.Sequence).Select(row => row.Content).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>False where another replica has taken the number.</summary>
    private async Task<bool> WriteAsync(RuleSet set, RuleChangeRow? last, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        RuleChangeRow row = new()
        {
            Sequence = (last?.Sequence ?? 0) + 1,
            Id = Guid.CreateVersion7(now),
            Digest = set.Digest,
            Previous = last?.Digest,
            Rules = set.Rules.Count,
            Content = set.Content,
            ChangedAt = now,
        };
        AuditAct act = new()
        {
            Namespace = ModelRouter.DefaultNamespace,
            Kind = RuleChangeRow.Kind,
            At = now,
            Actor = Actor,
            Ref = row.Id,
            Payload = row.Payload(),
            Topic = RuleChangeRow.Kind,
        };
        return await commit.WriteAsync(act, (session, leaf, cancel) => InsertAsync(session, row, leaf, cancel), cancellationToken) is not null;
    }

    private static async Task<bool> InsertAsync(IWriteSession session, RuleChangeRow row, Guid leaf, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand insert = session.CreateCommand(Insert)
            .With(kind, "sequence", row.Sequence)
            .With(kind, "id", row.Id)
            .With(kind, "digest", row.Digest)
            .With(kind, "previous", row.Previous)
            .With(kind, "rules", row.Rules)
            .With(kind, "content", row.Content)
            .With(kind, "changed_at", row.ChangedAt)
            .With(kind, "leaf_id", leaf);
        return await insert.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
