using FinObs.Testing;
using Npgsql;

namespace FinObs.EndToEnd.Tests.Testing;

public sealed class LocalClusterTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_a_stop_as_in_a_crash()
    {
        await using LocalCluster cluster = await LocalCluster.TryStartAsync(new LocalClusterOptions { Settings = ["shared_buffers=16MB"] }) ?? Missing();
        await ExecuteAsync(cluster, "CREATE TABLE kept (id int)");
        await ExecuteAsync(cluster, "INSERT INTO kept VALUES (1)");
        await cluster.StopImmediatelyAsync();
        Assert.True(cluster.HasExited);

        await cluster.StartAgainAsync();
        Assert.Equal(1L, await ExecuteAsync(cluster, "SELECT count(*) FROM kept"));
        Assert.Equal("16MB", await ExecuteAsync(cluster, "SHOW shared_buffers"));
    }

    [Fact]
    public async Task A_kept_folder_is_taken_up_by_the_next_cluster()
    {
        using TemporaryFolder parent = new();
        if (OperatingSystem.IsLinux())
        {
            // Where the tests run as root the server is another user, who has to come through.
            File.SetUnixFileMode(parent.FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        }

        LocalClusterOptions options = new() { Settings = ["shared_buffers=16MB"], Parent = parent.FullPath };
        await using (LocalCluster first = await LocalCluster.TryStartAsync(options) ?? Missing())
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 7 AS id");
        }

        await using LocalCluster second = await LocalCluster.TryStartAsync(options) ?? Missing();
        Assert.Equal(7, await ExecuteAsync(second, "SELECT id FROM kept"));
    }

    private static LocalCluster Missing()
    {
        Assert.Skip("No PostgreSQL on this machine.");
        return null!;
    }

    private static async Task<object?> ExecuteAsync(LocalCluster cluster, string sql)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
