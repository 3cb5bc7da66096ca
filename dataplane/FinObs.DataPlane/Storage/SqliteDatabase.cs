using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Storage;

/// <summary>Embedded SQLite: WAL, synchronous=FULL, many readers, one writer connection that all bulk writes share in turn.</summary>
internal sealed class SqliteDatabase : IDatabase, IAsyncDisposable
{
    private readonly DbContextOptions<SqliteFinObsDbContext> _options;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writerTurn = new(1, 1);
    private SqliteConnection? _writer;
    private SqliteStatementCache? _statements;

    public SqliteDatabase(string connectionString)
    {
        _connectionString = connectionString;
        _options = Options(connectionString);
    }

    public DatabaseKind Kind => DatabaseKind.Sqlite;

    public static DbContextOptions<SqliteFinObsDbContext> Options(string connectionString) =>
        new DbContextOptionsBuilder<SqliteFinObsDbContext>()
            .UseSqlite(connectionString)
            .UseSnakeCaseNamingConvention()
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .AddInterceptors(SqlitePragmas.Instance)
            .Options;

    public FinObsDbContext CreateContext() => new SqliteFinObsDbContext(_options);

    public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken)
    {
        await _writerTurn.WaitAsync(cancellationToken);
        try
        {
            if (_writer is null)
            {
                SqliteConnection connection = new(_connectionString);
                await connection.OpenAsync(cancellationToken);
                SqlitePragmas.Apply(connection);
                _writer = connection;
                _statements = new SqliteStatementCache(connection);
            }

            // IMMEDIATE: the write lock is taken now, not at the first insert, so that a reader can never make this transaction fail half-way.
            SqliteTransaction transaction = _writer.BeginTransaction(deferred: false);
            return new SqliteWriteSession(_writer, transaction, _statements!, _writerTurn);
        }
        catch
        {
            _writerTurn.Release();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writerTurn.WaitAsync();
        _statements?.Dispose();
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }

        _writerTurn.Dispose();
    }

    private sealed class SqliteWriteSession(SqliteConnection connection, SqliteTransaction transaction, SqliteStatementCache statements, SemaphoreSlim turn)
        : IWriteSession
    {
        private bool _disposed;

        public DatabaseKind Kind => DatabaseKind.Sqlite;

        public DbConnection Connection => connection;

        public DbTransaction Transaction => transaction;

        public Task InsertAsync<T>(BulkTable<T> table, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        {
            if (rows.Count > 0)
            {
                SqliteRowWriter writer = statements.For(table.Name, table.Columns, transaction);
                for (int i = 0; i < rows.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    writer.Start();
                    table.Write(writer, rows[i]);
                    writer.Insert();
                }
            }

            return Task.CompletedTask;
        }

        public async Task CommitAsync(CancellationToken cancellationToken) => await transaction.CommitAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            await transaction.DisposeAsync();
            turn.Release();
        }
    }
}
