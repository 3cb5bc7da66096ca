using FinObs.Testing;
using Npgsql;

namespace FinObs.EndToEnd.Tests.Testing;

public sealed class PostgreSqlServerTests
{
    [Fact]
    public async Task Each_database_is_fresh_and_gone_after_disposal()
    {
        TestDatabase first = await PostgreSqlServer.CreateDatabaseAsync();
        await using TestDatabase second = await PostgreSqlServer.CreateDatabaseAsync();
        await ScalarAsync(first.ConnectionString, "CREATE TABLE only_here (id int)");
        Assert.Equal(0L, await ScalarAsync(second.ConnectionString, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'"));

        string name = new NpgsqlConnectionStringBuilder(first.ConnectionString).Database!;
        await first.DisposeAsync();
        Assert.Equal(0L, await ScalarAsync(second.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'"));
    }

    [Fact]
    public async Task The_server_is_durable_as_in_production()
    {
        await using TestDatabase database = await PostgreSqlServer.CreateDatabaseAsync();
        Assert.Equal("on", await ScalarAsync(database.ConnectionString, "SHOW fsync"));
        Assert.Equal("on", await ScalarAsync(database.ConnectionString, "SHOW synchronous_commit"));
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
