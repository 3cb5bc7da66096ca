using FinObs.Testing;
using Npgsql;

namespace FinObs.DataPlane.Tests.Storage;

/// <summary>Migrations under the owner's role; the runtime's role owns nothing and cannot rewrite a record.</summary>
public class OwnerRoleTests
{
    [Fact]
    public async Task The_runtime_role_serves_but_can_neither_change_a_decision_nor_drop_a_trigger()
    {
        await using TestDatabase database = await PostgreSqlServer.CreateDatabaseAsync();
        string role = $"runtime_{Guid.CreateVersion7():N}";
        await ExecuteAsync(database.ConnectionString, $"CREATE ROLE {role} LOGIN PASSWORD 'pw'");
        string runtime = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "pw" }.ToString();
        try
        {
            await using (TestDataPlane host = await TestDataPlane.StartOnAsync(runtime, "--ConnectionStrings:FinObsOwner", database.ConnectionString))
            {
                await host.PostAsync("""[{"transaction_id":"o-1","amount":5,"account":"a"},{"transaction_id":"o-2","amount":6,"account":"a"}]""");
            }

            foreach (string forbidden in (string[])
                ["UPDATE decisions SET decision = 'Approve'", "DELETE FROM transactions", "TRUNCATE audit_leaves", "DROP TABLE idempotency", "ALTER TABLE audit_leaves DISABLE TRIGGER ALL"])
            {
                PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(runtime, forbidden));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync(database.ConnectionString, $"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Theory]
    [InlineData("transactions")]
    [InlineData("decisions")]
    [InlineData("audit_leaves")]
    public async Task Even_the_owner_is_refused_by_triggers(string table)
    {
        await using TestDatabase database = await PostgreSqlServer.CreateDatabaseAsync();
        await using TestDataPlane host = await TestDataPlane.StartOnAsync(database.ConnectionString);
        await host.PostAsync("""{"transaction_id":"o-1","amount":5,"account":"a"}""");

        foreach (string change in (string[])[$"UPDATE {table} SET namespace = 'x'", $"DELETE FROM {table}", $"TRUNCATE {table}"])
        {
            PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.ConnectionString, change));
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
