using System.Data.Common;
using FinObs.DataPlane.Storage;
using Npgsql;

namespace FinObs.DataPlane.Ledger;

/// <summary>What a key was used for.</summary>
internal readonly record struct KnownTransaction(Guid BodyHash, Guid TransactionRef);

/// <summary>Which of these ids have been taken in before, and for what body.</summary>
internal sealed class IdempotencyIndex(IDatabase database)
{
    private const string OneQuery = "SELECT body_hash, transaction_ref FROM idempotency WHERE key = $key";
    private const string ManyQuery = "SELECT key, body_hash, transaction_ref FROM idempotency WHERE key = ANY($1)";

    /// <summary>Those among <paramref name="keys"/> that are known.</summary>
    public async Task<Dictionary<Guid, KnownTransaction>> FindAsync(Guid[] keys, CancellationToken cancellationToken)
    {
        Dictionary<Guid, KnownTransaction> known = [];
        if (keys.Length == 0)
        {
            return known;
        }

        await using DbConnection connection = await database.OpenHotAsync(cancellationToken);
        if (connection is NpgsqlConnection postgres)
        {
            await FindTogetherAsync(postgres, keys, known, cancellationToken);
        }
        else
        {
            await FindOneByOneAsync(connection, keys, known, cancellationToken);
        }

        return known;
    }

    private static async Task FindTogetherAsync(NpgsqlConnection connection, Guid[] keys, Dictionary<Guid, KnownTransaction> known, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(ManyQuery, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = keys });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetGuid(0)] = new KnownTransaction(reader.GetGuid(1), reader.GetGuid(2));
        }
    }

    private static async Task FindOneByOneAsync(DbConnection connection, Guid[] keys, Dictionary<Guid, KnownTransaction> known, CancellationToken cancellationToken)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = OneQuery;
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = "$key";
        command.Parameters.Add(parameter);
        foreach (Guid key in keys)
        {
            parameter.Value = SqliteValues.ToBytes(key);
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                known[key] = new KnownTransaction(Id(reader, 0), Id(reader, 1));
            }
        }
    }

    private static Guid Id(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column), bigEndian: true);
}
