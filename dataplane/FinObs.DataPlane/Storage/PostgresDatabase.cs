using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace FinObs.DataPlane.Storage;

/// <summary>PostgreSQL: pooled connections; few rows as arrays in one exchange, many by binary COPY.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>
    /// Every look-up of the hot path is by a key. The planner does not always see it: on a table that has grown since it was last analysed it expects few rows
    /// and reads all of them, and the time of a commit grows with the table.
    /// </summary>
    private const string ByIndex = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

    /// <summary>Distinct statements of the hot path; each is planned once a connection.</summary>
    private const int HotStatements = 60;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _hot;
    private readonly string _listener;
    private readonly DbContextOptions<PostgresFinObsDbContext> _options;
    private readonly DbContextOptions<PostgresFinObsDbContext> _hotOptions;

    public PostgresDatabase(string connectionString)
    {
        NpgsqlDataSourceBuilder builder = new(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "finobs";
        _source = builder.Build();
        _hot = Hot(connectionString);

        NpgsqlConnectionStringBuilder place = new(connectionString);
        Place = $"{place.Host}:{place.Port}/{place.Database}";

        // The keep-alive finds a connection that died without a word; nothing is ever sent on this one otherwise.
        _listener = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "finobs listener", Pooling = false, KeepAlive = 10 }.ConnectionString;
        _options = Options(_source);
        _hotOptions = Options(_hot);
    }

    public DatabaseKind Kind => DatabaseKind.PostgreSql;

    /// <summary>Which database it is, without user and password.</summary>
    public string Place { get; }

    public static DbContextOptions<PostgresFinObsDbContext> Options(NpgsqlDataSource source) =>
        new DbContextOptionsBuilder<PostgresFinObsDbContext>()
            .UseNpgsql(source)
            .UseSnakeCaseNamingConvention()
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .ReplaceService<IMigrationsSqlGenerator, PartitioningSqlGenerator>()
            .Options;

    public FinObsDbContext CreateContext() => new PostgresFinObsDbContext(_options);

    public FinObsDbContext CreateHotContext() => new PostgresFinObsDbContext(_hotOptions);

    public async Task<DbConnection> OpenHotAsync(CancellationToken cancellationToken) => await _hot.OpenConnectionAsync(cancellationToken);

    /// <summary>A connection of its own, outside of the pool, for LISTEN; not open yet.</summary>
    public NpgsqlConnection CreateListener() => new(_listener);

    public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _hot.OpenConnectionAsync(cancellationToken);
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

    public async ValueTask DisposeAsync()
    {
        await _hot.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static NpgsqlDataSource Hot(string connectionString)
    {
        NpgsqlDataSourceBuilder builder = new(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "finobs";
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
        {
            builder.ConnectionStringBuilder.MaxAutoPrepare = HotStatements;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        builder.UsePhysicalConnectionInitializer(
            static connection => Initialize(connection).ExecuteNonQuery(),
            static async connection => await Initialize(connection).ExecuteNonQueryAsync());
        return builder.Build();
    }

    private static NpgsqlCommand Initialize(NpgsqlConnection connection) => new(ByIndex, connection);
}
