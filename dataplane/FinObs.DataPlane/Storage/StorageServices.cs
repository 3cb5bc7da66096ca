using Microsoft.Data.Sqlite;

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
        services.AddSingleton<Migrator>();
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

    public static bool IsPostgres(string connectionString) =>
        connectionString.Split(';').Any(part => part.TrimStart().StartsWith("Host", StringComparison.OrdinalIgnoreCase)
            || part.TrimStart().StartsWith("Server", StringComparison.OrdinalIgnoreCase));
}
