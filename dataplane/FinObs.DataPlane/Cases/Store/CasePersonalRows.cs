using System.Data.Common;
using System.Globalization;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Cases.Store;

/// <summary>Whose cases they are, and what people wrote about them there. An open case needs its account; the history of a resolved one stays, with what was written in it.</summary>
internal sealed class CasePersonalRows : IPersonalRows
{
    public async Task<string?> NeededByAsync(IWriteSession session, ErasedSubject subject, CancellationToken cancellationToken)
    {
        await using DbCommand find = With(
            session, "SELECT number FROM cases WHERE account_hash = @hash AND account = @account AND namespace = @namespace AND status <> 'Resolved' ORDER BY id LIMIT 1", subject);
        return await find.ExecuteScalarAsync(cancellationToken) is { } number ? string.Create(CultureInfo.InvariantCulture, $"The open case CASE-{number:000000}") : null;
    }

    public async Task<int> EraseAsync(IWriteSession session, ErasedSubject subject, CancellationToken cancellationToken)
    {
        await using DbCommand blank = With(
            session,
            """
            UPDATE cases SET account = @placeholder, account_hash = @newhash, description = NULL, notes = NULL, version = version + 1
            WHERE account_hash = @hash AND account = @account AND namespace = @namespace
            """,
            subject);
        blank.With(session.Kind, "placeholder", subject.Placeholder).With(session.Kind, "newhash", (long)StableHash.Of(subject.Placeholder));
        return await blank.ExecuteNonQueryAsync(cancellationToken);
    }

    public void Forget(ErasedSubject subject)
    {
    }

    private static DbCommand With(IWriteSession session, string sql, ErasedSubject subject) => session.CreateCommand(sql)
        .With(session.Kind, "hash", (long)StableHash.Of(subject.Account)).With(session.Kind, "account", subject.Account).With(session.Kind, "namespace", subject.Namespace);
}
