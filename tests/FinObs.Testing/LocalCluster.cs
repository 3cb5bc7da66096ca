using Npgsql;

namespace FinObs.Testing;

/// <summary>
/// A private PostgreSQL cluster in a temporary folder. It listens on a unix socket inside that folder only: no port can collide
/// and nobody else on the machine can connect.
/// </summary>
internal static class LocalCluster
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Durable as in production (fsync and full_page_writes stay on); room for the pools of many test classes.</summary>
    private static readonly string[] Settings =
        ["max_connections=300", "shared_buffers=128MB", "timezone=UTC", "log_min_messages=warning", "cluster_name=finobs-test"];

    // The process may not be collected: it ends with this one.
    private static GuardedProcess? _server;

    /// <returns>The connection string of its superuser.</returns>
    public static async Task<string> StartAsync(string binaries)
    {
        using CancellationTokenSource deadline = new(StartDeadline);
        string folder = Directory.CreateTempSubdirectory("finobs-pg-").FullName;
        string data = Path.Combine(folder, "data");
        string[] prefix = await UnprivilegedPrefixAsync(folder, deadline.Token);

        await GuardedProcess.RunAsync(
            [.. prefix, Path.Combine(binaries, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            folder,
            deadline.Token);
        _server = GuardedProcess.Start(
            [.. prefix, Path.Combine(binaries, "postgres"), "-D", data, "-k", folder, "-h", "", .. Settings.SelectMany(setting => new[] { "-c", setting })],
            folder,
            signal: "QUIT",
            folderToRemove: folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _server.EndAsync().GetAwaiter().GetResult();

        string connectionString = new NpgsqlConnectionStringBuilder { Host = folder, Username = "postgres", Database = "postgres" }.ConnectionString;
        await WaitUntilReadyAsync(_server, connectionString, deadline.Token);
        return connectionString;
    }

    /// <summary>PostgreSQL refuses to run as root: root hands it to the user <c>postgres</c>, or else <c>nobody</c>.</summary>
    private static async Task<string[]> UnprivilegedPrefixAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        string[][] users = [.. (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken)).Select(line => line.Split(':'))];
        string[] user = users.FirstOrDefault(fields => fields[0] == "postgres") ?? users.First(fields => fields[0] == "nobody");
        await GuardedProcess.RunAsync(["chown", $"{user[2]}:{user[3]}", folder], folder, cancellationToken);

        // setpriv replaces itself by the command, so that a signal reaches the server; runuser would stay between.
        return ["setpriv", $"--reuid={user[2]}", $"--regid={user[3]}", "--clear-groups", "--"];
    }

    private static async Task WaitUntilReadyAsync(GuardedProcess server, string connectionString, CancellationToken cancellationToken)
    {
        string unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = new(unpooled);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!server.HasExited && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start:\n{server.Output}", e);
            }
        }
    }
}
