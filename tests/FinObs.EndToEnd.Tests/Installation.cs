using System.Data.Common;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FinObs.EndToEnd.Tests;

/// <summary>What stays while processes come and go: a data folder and a database, seen from outside by a connection of our own.</summary>
internal sealed class Installation : IAsyncDisposable
{
    /// <summary>A process that lives for seconds does not earn back what profiling its own code costs.</summary>
    private static readonly Dictionary<string, string?> ShortLived = new() { ["DOTNET_TieredPGO"] = "0" };

    private readonly TemporaryFolder _folder = new();
    private readonly TestDatabase? _server;

    private Installation(DatabaseKind kind, TestDatabase? server)
    {
        Kind = kind;
        _server = server;
        ConnectionString = server?.ConnectionString ?? $"Data Source={_folder.Combine("data/finobs.db")};Pooling=False";
    }

    public DatabaseKind Kind { get; }

    public string ConnectionString { get; }

    public string Folder => _folder.FullPath;

    /// <summary>Which data this is; for commands and for the server.</summary>
    public string[] Settings => _server is null ? [] : ["--ConnectionStrings:FinObs", ConnectionString];

    public static async Task<Installation> CreateAsync(DatabaseKind kind) =>
        new(kind, kind == DatabaseKind.PostgreSql ? await PostgreSqlServer.CreateDatabaseAsync() : null);

    public Task<DataPlaneProcess> StartAsync(params string[] more) => DataPlaneProcess.StartAsync(
        Folder, [.. Settings, "--Demo:Enabled", "false", "--Models:Artifact", TrainedModel.Folder, "--Logging:LogLevel:Default", "Warning", .. more], ShortLived);

    /// <summary>Runs a command to its end and gives what it printed; it must end with 0.</summary>
    public Task<string> RunAsync(params string[] command) => DataPlaneProcess.RunAsync(Folder, [.. command, .. Settings], TestContext.Current.CancellationToken);

    /// <summary>
    /// A connection to the database. Not to be held over a kill: on SQLite whoever has the file open keeps its shared memory alive, and
    /// the next start would have nothing to recover.
    /// </summary>
    public async Task<DbConnection> ConnectAsync()
    {
        DbConnection connection = Kind == DatabaseKind.Sqlite ? new SqliteConnection(ConnectionString) : new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
