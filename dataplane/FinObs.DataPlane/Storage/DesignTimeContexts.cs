using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace FinObs.DataPlane.Storage;

/// <summary>For <c>dotnet ef migrations</c> only: no server is asked.</summary>
internal sealed class DesignTimeSqliteContext : IDesignTimeDbContextFactory<SqliteFinObsDbContext>
{
    public SqliteFinObsDbContext CreateDbContext(string[] args) => new(SqliteDatabase.Options("Data Source=:memory:"));
}

internal sealed class DesignTimePostgresContext : IDesignTimeDbContextFactory<PostgresFinObsDbContext>
{
    public PostgresFinObsDbContext CreateDbContext(string[] args) =>
        new(PostgresDatabase.Options(new NpgsqlDataSourceBuilder("Host=localhost;Database=finobs").Build()));
}
