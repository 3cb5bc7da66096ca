using Npgsql;

namespace FinObs.Testing;

/// <summary>One PostgreSQL database, dropped on disposal whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    private TestDatabase(string server, string name)
    {
        _server = server;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>Of a superuser, who may create roles.</summary>
    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await using (NpgsqlConnection pooled = new(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        await ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    internal static async Task<TestDatabase> CreateAsync(string server)
    {
        string name = $"finobs_test_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        return new TestDatabase(server, name);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        // No pool: a connection that idles in a pool would keep its database from being a template, or from being dropped.
        string unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Database = "postgres" }.ConnectionString;
        await using NpgsqlConnection connection = new(unpooled);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
