using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Npgsql;

namespace FinObs.DataPlane.Tests.Audit.Anchors;

/// <summary>A database that can be backed up and restored while no host has it open, as an operator would: the file, or a copy made by the server.</summary>
internal sealed class DatabaseCopy : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase? _postgres;

    public string Folder => _folder.FullPath;

    public string ConnectionString { get; private set; } = "";

    private string File => _folder.Combine("finobs.db");

    public static async Task<DatabaseCopy> CreateAsync(DatabaseKind kind)
    {
        DatabaseCopy copy = new();
        copy._postgres = kind == DatabaseKind.PostgreSql ? await PostgreSqlServer.CreateDatabaseAsync() : null;
        copy.ConnectionString = copy._postgres?.ConnectionString ?? $"Data Source={copy.File};Pooling=False";
        return copy;
    }

    /// <summary>A host on it, with the data folder that stays.</summary>
    public Task<TestDataPlane> StartAsync(params string[] args) => TestDataPlane.StartOnAsync(ConnectionString, ["--Storage:DataFolder", Folder, .. args]);

    public async Task BackUpAsync()
    {
        if (_postgres is null)
        {
            System.IO.File.Copy(File, File + ".backup", overwrite: true);
            return;
        }

        await ServerAsync($"CREATE DATABASE {Name}_backup TEMPLATE {Name}");
    }

    public async Task RestoreAsync()
    {
        if (_postgres is null)
        {
            foreach (string part in (string[])["-wal", "-shm"])
            {
                System.IO.File.Delete(File + part);
            }

            System.IO.File.Copy(File + ".backup", File, overwrite: true);
            return;
        }

        await ServerAsync($"DROP DATABASE {Name} WITH (FORCE)");
        await ServerAsync($"CREATE DATABASE {Name} TEMPLATE {Name}_backup");
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await ServerAsync($"DROP DATABASE IF EXISTS {Name}_backup WITH (FORCE)");
            await _postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Name => new NpgsqlConnectionStringBuilder(ConnectionString).Database!;

    private async Task ServerAsync(string sql)
    {
        NpgsqlConnection.ClearAllPools();
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false }.ToString());
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
