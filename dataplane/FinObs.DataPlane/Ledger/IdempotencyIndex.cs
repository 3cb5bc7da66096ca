using System.Data.Common;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace FinObs.DataPlane.Ledger;

/// <summary>A sender's id as the index knows it. Compared by the content of the hash.</summary>
internal readonly record struct IdempotencyKey(string Source, string KeyHashHex)
{
    public static IdempotencyKey Of(string source, byte[] keyHash) => new(source, Convert.ToHexString(keyHash));
}

internal sealed record KnownTransaction(byte[] BodyHash, Guid TransactionRef);

/// <summary>Which of these ids have been taken in before, and for what body.</summary>
internal sealed class IdempotencyIndex(IDatabase database)
{
    private static readonly string[] ParameterNames = ["$namespace", "$key", "$source"];

    public async Task<Dictionary<IdempotencyKey, KnownTransaction>> FindAsync(
        string @namespace, IReadOnlyList<(string Source, byte[] KeyHash)> keys, CancellationToken cancellationToken)
    {
        Dictionary<IdempotencyKey, KnownTransaction> known = [];
        if (keys.Count == 0)
        {
            return known;
        }

        await using FinObsDbContext db = database.CreateContext();
        await db.Database.OpenConnectionAsync(cancellationToken);
        DbConnection connection = db.Database.GetDbConnection();
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            await FindInPostgresAsync((NpgsqlConnection)connection, @namespace, keys, known, cancellationToken);
        }
        else
        {
            await FindInSqliteAsync(connection, @namespace, keys, known, cancellationToken);
        }

        return known;
    }

    private static async Task FindInPostgresAsync(
        NpgsqlConnection connection, string @namespace, IReadOnlyList<(string Source, byte[] KeyHash)> keys,
        Dictionary<IdempotencyKey, KnownTransaction> known, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT i.source, i.key_hash, i.body_hash, i.transaction_ref
            FROM unnest($2, $3) AS u(source, key_hash)
            JOIN idempotency AS i ON i.namespace = $1 AND i.key_hash = u.key_hash AND i.source = u.source
            """;
        command.Parameters.Add(new NpgsqlParameter { Value = @namespace });
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(key => key.Source).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(key => key.KeyHash).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[IdempotencyKey.Of(reader.GetString(0), reader.GetFieldValue<byte[]>(1))] =
                new KnownTransaction(reader.GetFieldValue<byte[]>(2), reader.GetGuid(3));
        }
    }

    private static async Task FindInSqliteAsync(
        DbConnection connection, string @namespace, IReadOnlyList<(string Source, byte[] KeyHash)> keys,
        Dictionary<IdempotencyKey, KnownTransaction> known, CancellationToken cancellationToken)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT body_hash, transaction_ref FROM idempotency WHERE namespace = $namespace AND key_hash = $key AND source = $source";
        DbParameter[] parameters = [.. ParameterNames.Select(name =>
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
            return parameter;
        })];
        parameters[0].Value = @namespace;
        foreach ((string source, byte[] keyHash) in keys)
        {
            parameters[1].Value = keyHash;
            parameters[2].Value = source;
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                known[IdempotencyKey.Of(source, keyHash)] =
                    new KnownTransaction(reader.GetFieldValue<byte[]>(0), new Guid(reader.GetFieldValue<byte[]>(1), bigEndian: true));
            }
        }
    }
}
