using FinObs.DataPlane.Storage.Redis;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FinObs.DataPlane.Storage;

internal static class StorageServices
{
    /// <summary>
    /// <c>ConnectionStrings:FinObs</c> with a <c>Host=</c> is PostgreSQL; anything else is SQLite; none is <c>finobs.db</c> in the data folder.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        DataFolder folder = DataFolder.From(configuration);
        services.AddSingleton(folder);
        services.AddSingleton<IDatabase>(_ => Open(configuration.GetConnectionString("FinObs"), folder));
        services.AddSingleton<ISchemaExtra, Partitions>();
        if (configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            services.AddSingleton(provider => ReplicaRedis.Connect(redis, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReplicaRedis>>()));
        }

        services.AddSingleton(provider => Owner(configuration, folder, provider.GetRequiredService<IDatabase>()));
        services.AddSingleton<Migrator>();
        services.AddHostedService<SchemaMaintenance>();
        return services;
    }

    public static IDatabase Open(string? connectionString, DataFolder folder)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            connectionString = new SqliteConnectionStringBuilder { DataSource = folder.File("finobs.db") }.ToString();
        }

        return IsPostgres(connectionString) ? new PostgresDatabase(connectionString) : new SqliteDatabase(connectionString);
    }

    /// <summary>Migrations under a role that owns the tables, where one is configured; the runtime's role then owns nothing.</summary>
    private static OwnerDatabase Owner(IConfiguration configuration, DataFolder folder, IDatabase runtime)
    {
        string? owner = configuration.GetConnectionString("FinObsOwner");
        return string.IsNullOrWhiteSpace(owner)
            ? new OwnerDatabase(runtime, null)
            : new OwnerDatabase(Open(owner, folder), new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("FinObs")).Username);
    }

    public static bool IsPostgres(string connectionString) =>
        connectionString.Split(';').Any(part => part.TrimStart().StartsWith("Host", StringComparison.OrdinalIgnoreCase)
            || part.TrimStart().StartsWith("Server", StringComparison.OrdinalIgnoreCase));
}
