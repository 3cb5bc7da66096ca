using Npgsql;

namespace FinObs.Testing;

/// <summary>
/// A private PostgreSQL cluster in a temporary folder. It listens on a unix socket inside that folder only: no port can collide
/// and nobody else on the machine can connect. It ends with this process, in whatever way that ends.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly string[] EverySetting = ["timezone=UTC", "log_min_messages=warning", "cluster_name=finobs-test"];

    private readonly string[] _prefix;
    private readonly string _binaries;
    private readonly string _folder;
    private readonly string _data;
    private readonly LocalClusterOptions _options;
    private readonly GuardedProcess _folderGuard;
    private GuardedProcess _server;

    private LocalCluster(string binaries, string[] prefix, string folder, string data, LocalClusterOptions options)
    {
        (_binaries, _prefix, _folder, _data, _options) = (binaries, prefix, folder, data, options);
        ConnectionString = new NpgsqlConnectionStringBuilder { Host = folder, Username = "postgres", Database = "postgres" }.ConnectionString;

        // The server may be restarted, so that its own guard cannot own the folder: this one goes last and takes it along.
        _folderGuard = GuardedProcess.Start(["sleep", "infinity"], Path.GetTempPath(), folderToRemove: folder);
        _server = StartServer();
    }

    /// <summary>Of its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>The postmaster, whose children are all other processes of the cluster.</summary>
    public int ProcessId => _server.ChildId;

    public string DataFolder => _data;

    public string Output => _server.Output;

    /// <summary>It ended by itself, as it does when it cannot even recover.</summary>
    public bool HasExited => _server.HasExited;

    /// <summary>Makes a cluster, or takes the one that a kept parent folder holds, and starts it; null where this machine has no PostgreSQL.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message holds its output.</exception>
    public static async Task<LocalCluster?> TryStartAsync(LocalClusterOptions options)
    {
        if (PostgreSqlBinaries.Find() is not { } binaries)
        {
            return null;
        }

        using CancellationTokenSource deadline = new(StartDeadline);
        string folder = Directory.CreateTempSubdirectory("finobs-pg-").FullName;
        string data = Path.Combine(options.Parent ?? folder, "pgdata");
        string[] prefix = await UnprivilegedPrefixAsync(folder, options.Parent, deadline.Token);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            await GuardedProcess.RunAsync(
                [.. prefix, Path.Combine(binaries, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
                folder,
                deadline.Token);
        }

        LocalCluster cluster = new(binaries, prefix, folder, data, options);
        await cluster.WaitUntilReadyAsync(deadline.Token);
        return cluster;
    }

    /// <summary>Ends it as <c>pg_ctl stop -m immediate</c> does: no checkpoint, and the next start recovers from the log.</summary>
    public Task StopImmediatelyAsync() => _server.EndAsync();

    /// <summary>After <see cref="StopImmediatelyAsync"/>, or after it died; returns once it answers.</summary>
    public async Task StartAgainAsync()
    {
        using CancellationTokenSource deadline = new(StartDeadline);
        await _server.DisposeAsync();
        _server = StartServer();
        await WaitUntilReadyAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _folderGuard.DisposeAsync();
    }

    private GuardedProcess StartServer() => GuardedProcess.Start(
        [
            .. _prefix, Path.Combine(_binaries, "postgres"), "-D", _data, "-k", _folder, "-h", "",
            .. EverySetting.Concat(_options.Settings).SelectMany(setting => new[] { "-c", setting }),
        ],
        _folder,
        signal: "QUIT");

    /// <summary>PostgreSQL refuses to run as root: root hands it to the user <c>postgres</c>, or else <c>nobody</c>.</summary>
    private static async Task<string[]> UnprivilegedPrefixAsync(string folder, string? parent, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        string[][] users = [.. (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken)).Select(line => line.Split(':'))];
        string[] user = users.FirstOrDefault(fields => fields[0] == "postgres") ?? users.First(fields => fields[0] == "nobody");
        string[] folders = parent is null ? [folder] : [folder, parent];
        await GuardedProcess.RunAsync(["chown", $"{user[2]}:{user[3]}", .. folders], folder, cancellationToken);

        // setpriv replaces itself by the command, so that a signal reaches the server; runuser would stay between.
        return ["setpriv", $"--reuid={user[2]}", $"--regid={user[3]}", "--clear-groups", "--"];
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        string unpooled = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString;
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = new(unpooled);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!_server.HasExited && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start:\n{_server.Output}", e);
            }
        }
    }
}
