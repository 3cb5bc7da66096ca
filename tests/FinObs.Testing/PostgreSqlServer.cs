using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A real PostgreSQL for the tests of this process, started once, on the first use. In this order: the server that
/// <c>FINOBS_TEST_POSTGRES</c> names (a connection string of a superuser), the machine's own binaries (a private cluster in a
/// temporary folder, with fsync on), a container. With none of them a test skips and says so; where <c>CI</c> is true it fails.
/// </summary>
public static class PostgreSqlServer
{
    public const string Variable = "FINOBS_TEST_POSTGRES";

    private const string Missing =
        "No PostgreSQL for the tests: install the server (Debian: apt-get install postgresql; macOS: brew install postgresql), " +
        "or start Docker, or set " + Variable + " to the connection string of a superuser.";

    private static readonly Lazy<Task<string?>> Server = new(FindAsync);

    // May not be collected: it ends with this process.
    private static LocalCluster? _cluster;

    /// <summary>
    /// A fresh, empty database of its own. Dispose it to drop it. Called from a test or its class's <c>InitializeAsync</c>; for one database
    /// a class see <see cref="ClassDatabase"/>.
    /// </summary>
    public static async Task<TestDatabase> CreateDatabaseAsync()
    {
        string? server = await Server.Value;
        if (server is null && IsCi)
        {
            throw new InvalidOperationException(Missing);
        }

        if (server is null)
        {
            Assert.Skip(Missing);
        }

        return await TestDatabase.CreateAsync(server);
    }

    private static bool IsCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    private static async Task<string?> FindAsync()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrWhiteSpace(named))
        {
            return named;
        }

        _cluster = await LocalCluster.TryStartAsync(LocalClusterOptions.ForTests);
        if (_cluster is null)
        {
            return await PostgreSqlContainerServer.TryStartAsync();
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => _cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return _cluster.ConnectionString;
    }
}
