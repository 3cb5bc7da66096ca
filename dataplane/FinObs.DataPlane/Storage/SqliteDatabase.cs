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

    public FinObsDbContext CreateHotContext() => CreateContext();

    public async Task<DbConnection> OpenHotAsync(CancellationToken cancellationToken) => await OpenAsync(cancellationToken);

    public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken)
    {
        await _writerTurn.WaitAsync(cancellationToken);
        try
        {
            if (_writer is null)
            {
                _writer = await OpenAsync(cancellationToken);
                _statements = new SqliteStatementCache(_writer);
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

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        SqliteConnection connection = new(_connectionString);
        await connection.OpenAsync(cancellationToken);
        SqlitePragmas.Apply(connection);
        return connection;
    }

    private sealed class SqliteWriteSession(SqliteConnection connection, SqliteTransaction transaction, SqliteStatementCache statements, SemaphoreSlim turn)
        : IWriteSession
    {
        private bool _disposed;
        private Action? _afterCommit;

        public DatabaseKind Kind => DatabaseKind.Sqlite;

        public DbConnection Connection => connection;

        public DbTransaction Transaction => transaction;

        public Task<int[]> InsertAsync(IReadOnlyList<IBulkRows> tables, CancellationToken cancellationToken)
        {
            int[] written = new int[tables.Count];
            for (int t = 0; t < written.Length; t++)
            {
                SqliteRowWriter writer = statements.For(tables[t]);
                for (int i = 0; i < tables[t].Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    writer.Start();
                    tables[t].Write(writer, i);
                    written[t] += writer.Step();
                }
            }

            return Task.FromResult(written);
        }

        public async Task CommitAsync(CancellationToken cancellationToken)
        {
            await transaction.CommitAsync(cancellationToken);
            _afterCommit?.Invoke();
        }

        public void AfterCommit(Action act) => _afterCommit += act;

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
