using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Storage;

/// <summary>The repository of every slice. Slices bring their tables as <see cref="IEntityTypeConfiguration{TEntity}"/>.</summary>
internal abstract class FinObsDbContext(DbContextOptions options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(FinObsDbContext).Assembly);
}

internal sealed class PostgresFinObsDbContext(DbContextOptions<PostgresFinObsDbContext> options) : FinObsDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Ids sort by their bytes: no locale changes an index, and comparing is several times cheaper.
        configurationBuilder.Properties<string>().UseCollation("C");
        configurationBuilder.Properties<decimal>().HavePrecision(28, 10);
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }
}

internal sealed class SqliteFinObsDbContext(DbContextOptions<SqliteFinObsDbContext> options) : FinObsDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // A version 7 id as 16 big-endian bytes sorts by time; as text it would take 36.
        configurationBuilder.Properties<Guid>().HaveConversion<SqliteValues.GuidToBytes>();
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<SqliteValues.InstantToMicroseconds>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }
}
