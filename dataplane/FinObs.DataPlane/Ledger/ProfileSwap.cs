using System.Data.Common;
using FinObs.DataPlane.Storage;
using Npgsql;
using NpgsqlTypes;

namespace FinObs.DataPlane.Ledger;

/// <summary>Compare-and-swap of many profiles: the expected version stands in the WHERE, the row count tells.</summary>
internal static class ProfileSwap
{
    public static Task<int> ExecuteAsync(IWriteSession session, AccountProfileRow[] rows, CancellationToken cancellationToken) =>
        session.Kind == DatabaseKind.PostgreSql ? PostgresAsync(session, rows, cancellationToken) : SqliteAsync(session, rows, cancellationToken);

    private static async Task<int> PostgresAsync(IWriteSession session, AccountProfileRow[] rows, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = (NpgsqlCommand)session.CreateCommand(
            """
            UPDATE account_profiles AS p SET version = u.version, state = u.state, updated_at = $5
            FROM unnest($2, $3, $4) AS u(account_id, version, state)
            WHERE p.namespace = $1 AND p.account_id = u.account_id AND p.version = u.version - 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = rows[0].Namespace });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.AccountId) });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Version) });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.State), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new NpgsqlParameter { Value = rows[0].UpdatedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<int> SqliteAsync(IWriteSession session, AccountProfileRow[] rows, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand(
            "UPDATE account_profiles SET version = $version, state = $state, updated_at = $now WHERE namespace = $namespace AND account_id = $account AND version = $version - 1");
        DbParameter version = Add("$version");
        DbParameter state = Add("$state");
        DbParameter now = Add("$now");
        DbParameter @namespace = Add("$namespace");
        DbParameter account = Add("$account");
        int swapped = 0;
        foreach (AccountProfileRow row in rows)
        {
            version.Value = row.Version;
            state.Value = row.State;
            now.Value = SqliteValues.ToMicroseconds(row.UpdatedAt);
            @namespace.Value = row.Namespace;
            account.Value = row.AccountId;
            swapped += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return swapped;

        DbParameter Add(string name)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
            return parameter;
        }
    }
}
