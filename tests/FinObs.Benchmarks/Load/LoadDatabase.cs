using System.Data.Common;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FinObs.Benchmarks.Load;

/// <summary>Where the data plane under load stores: a PostgreSQL of our own with the settings of a small production server, or SQLite in its data folder.</summary>
internal sealed class LoadDatabase : IAsyncDisposable
{
    /// <summary>Nothing that weakens a commit: fsync, synchronous_commit and full_page_writes are said aloud although they are the defaults.</summary>
    public static readonly IReadOnlyList<string> ProductionSettings =
    [
        "fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=1GB", "effective_cache_size=4GB", "max_wal_size=4GB", "min_wal_size=1GB",
        "checkpoint_timeout=15min", "checkpoint_completion_target=0.9", "wal_compression=off", "max_connections=100",
    ];

    private readonly string? _sqliteFile;

    private LoadDatabase(LocalCluster? cluster, string? connectionString, string? sqliteFile, string name)
    {
        (Cluster, _sqliteFile, Name) = (cluster, sqliteFile, name);
        ConnectionString = connectionString ?? $"Data Source={sqliteFile};Pooling=False";
    }

    public DatabaseKind Kind => _sqliteFile is null ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite;

    /// <summary>E.g. <c>PostgreSQL 15.14</c>.</summary>
    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>The server, where it is ours.</summary>
    public LocalCluster? Cluster { get; }

    /// <summary>What the data plane is told.</summary>
    public IReadOnlyList<string> Settings => _sqliteFile is null ? ["--ConnectionStrings:FinObs", ConnectionString] : [];

    /// <param name="kind">Which.</param>
    /// <param name="dataFolder">The data plane's.</param>
    /// <param name="parent">Where a PostgreSQL of ours keeps its data; null = a fresh temporary folder.</param>
    /// <returns>Null where there is no PostgreSQL.</returns>
    public static async Task<LoadDatabase?> TryOpenAsync(DatabaseKind kind, string dataFolder, string? parent = null)
    {
        if (kind == DatabaseKind.Sqlite)
        {
            return new LoadDatabase(null, null, Path.Combine(dataFolder, "finobs.db"), $"SQLite {new SqliteConnection().ServerVersion}");
        }

        string? named = parent is null ? Environment.GetEnvironmentVariable(PostgreSqlServer.Variable) : null;
        LocalCluster? cluster = string.IsNullOrWhiteSpace(named)
            ? await LocalCluster.TryStartAsync(new LocalClusterOptions { Settings = ProductionSettings, Parent = parent })
            : null;
        string? server = cluster?.ConnectionString ?? named;
        return server is null ? null : await CreateAsync(cluster, server);
    }

    public async Task<DbConnection> ConnectAsync()
    {
        DbConnection connection = _sqliteFile is null ? new NpgsqlConnection(ConnectionString) : new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Rows of a table.</summary>
    public async Task<long> CountAsync(string table)
    {
        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        command.CommandTimeout = 600;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Bytes of the database's files.</summary>
    public async Task<long> SizeAsync()
    {
        if (_sqliteFile is not null)
        {
            return new[] { _sqliteFile, _sqliteFile + "-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length);
        }

        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT pg_database_size(current_database())";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
    }

    /// <summary>A database of its own. On a server that is not ours nobody else's is touched, and ours stays there.</summary>
    private static async Task<LoadDatabase> CreateAsync(LocalCluster? cluster, string server)
    {
        await using NpgsqlConnection connection = new(server);
        await connection.OpenAsync();
        string name = cluster is null ? $"finobs_load_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}" : "finobs_load";
        await using NpgsqlCommand find = new("SELECT count(*) FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if ((long)(await find.ExecuteScalarAsync())! == 0)
        {
            await using NpgsqlCommand create = new($"CREATE DATABASE {name}", connection);
            await create.ExecuteNonQueryAsync();
        }

        string own = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        return new LoadDatabase(cluster, own, null, $"PostgreSQL {connection.PostgreSqlVersion.ToString(2)}");
    }
}
