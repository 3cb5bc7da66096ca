using DotNet.Testcontainers.Builders;
using Testcontainers.PostgreSql;

namespace FinObs.Testing;

/// <summary>PostgreSQL in a container, where a Docker engine answers. Testcontainers' reaper removes it when this process is gone.</summary>
internal static class PostgreSqlContainerServer
{
    private const string Image = "postgres:17-alpine";

    /// <returns>The connection string of its superuser; null when no Docker engine answers.</returns>
    public static async Task<string?> TryStartAsync()
    {
        try
        {
            PostgreSqlContainer container = new PostgreSqlBuilder(Image).Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }
}
