using FinObs.DataPlane.Ledger;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FinObs.DataPlane.Transactions;

/// <summary>Failures that say "someone else was first": the whole chunk was rolled back, and repeating it is right.</summary>
internal static class WriteConflicts
{
    private const int SqliteConstraint = 19;
    private const int SqliteBusy = 5;

    public static bool IsConflict(Exception exception) => exception switch
    {
        ProfileConflictException => true,
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
        SqliteException sqlite => sqlite.SqliteErrorCode is SqliteConstraint or SqliteBusy,
        _ => false,
    };
}
