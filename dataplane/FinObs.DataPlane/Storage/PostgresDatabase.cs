using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace FinObs.DataPlane.Storage;

/// <summary>PostgreSQL: pooled connections, binary COPY for everything the hot path writes.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly string _listener;
    private readonly DbContextOptions<PostgresFinObsDbContext> _options;

    public PostgresDatabase(string connectionString)
    {
        NpgsqlDataSourceBuilder builder = new(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "finobs";
        _source = builder.Build();

        // The keep-alive finds a connection that died without a word; nothing is ever sent on this one otherwise.
        _listener = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "finobs listener", Pooling = false, KeepAlive = 10 }.ConnectionString;
        _options = Options(_source);
    }

    public DatabaseKind Kind => DatabaseKind.PostgreSql;

    public static DbContextOptions<PostgresFinObsDbContext> Options(NpgsqlDataSource source) =>
        new DbContextOptionsBuilder<PostgresFinObsDbContext>()
            .UseNpgsql(source)
            .UseSnakeCaseNamingConvention()
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .ReplaceService<IMigrationsSqlGenerator, PartitioningSqlGenerator>()
            .Options;

    public FinObsDbContext CreateContext() => new PostgresFinObsDbContext(_options);

    /// <summary>A connection of its own, outside of the pool, for LISTEN; not open yet.</summary>
    public NpgsqlConnection CreateListener() => new(_listener);

    public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            return new PostgresWriteSession(connection, await connection.BeginTransactionAsync(cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private sealed class PostgresWriteSession(NpgsqlConnection connection, NpgsqlTransaction transaction) : IWriteSession
    {
        public DatabaseKind Kind => DatabaseKind.PostgreSql;

        public DbConnection Connection => connection;

        public DbTransaction Transaction => transaction;

        public async Task InsertAsync<T>(BulkTable<T> table, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        {
            if (rows.Count == 0)
            {
                return;
            }

            string copy = $"COPY {table.Name} ({string.Join(", ", table.Columns)}) FROM STDIN (FORMAT BINARY)";
            await using NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync(copy, cancellationToken);
            PostgresRowWriter writer = new(importer);
            for (int i = 0; i < rows.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                importer.StartRow();
                table.Write(writer, rows[i]);
            }

            await importer.CompleteAsync(cancellationToken);
        }

        public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
