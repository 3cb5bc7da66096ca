using System.Diagnostics;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.Benchmarks.Load;

/// <summary>
/// A database, a data folder and the built data plane on them, as it is shipped: its own model, explanations for what it flags, audit leaves
/// and outbox. Only the demo is off.
/// </summary>
internal sealed class LoadRig : IAsyncDisposable
{
    /// <summary>Source of the transactions of <see cref="WarmUpAsync"/>.</summary>
    public const string WarmupSource = "warmup";

    /// <summary>How many there are, numbered from 0.</summary>
    public const int WarmupStored = WarmupPosts * WarmupItems;

    private const int WarmupPosts = 12;
    private const int WarmupItems = 2_500;

    private readonly TemporaryFolder? _temporary;
    private readonly string _folder;

    private LoadRig(TemporaryFolder? temporary, string folder, LoadDatabase database)
    {
        (_temporary, _folder, Database) = (temporary, folder, database);
        Host = null!;
    }

    public LoadDatabase Database { get; }

    public DataPlaneProcess Host { get; private set; }

    /// <summary>The same over restarts.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>What the data plane took from its start to its first 200 of <c>/health/ready</c>, looked at every 20 ms.</summary>
    public TimeSpan StartToReady { get; private set; }

    /// <param name="kind">Which database.</param>
    /// <param name="dataFolder">An existing folder for the data plane's data, e.g. a small file system; null = a fresh temporary one.</param>
    /// <param name="clusterParent">The same for PostgreSQL's data.</param>
    /// <returns>Null where there is no PostgreSQL.</returns>
    public static async Task<LoadRig?> TryStartAsync(DatabaseKind kind, string? dataFolder = null, string? clusterParent = null)
    {
        TemporaryFolder? temporary = dataFolder is null ? new TemporaryFolder() : null;
        string folder = dataFolder ?? temporary!.FullPath;
        if (await LoadDatabase.TryOpenAsync(kind, Path.Combine(folder, "data"), clusterParent) is not { } database)
        {
            temporary?.Dispose();
            return null;
        }

        LoadRig rig = new(temporary, folder, database);
        try
        {
            await rig.StartHostAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the data plane, for the first time or after it has ended.</summary>
    public async Task StartHostAsync()
    {
        DataPlaneProcess? ended = Host;
        long start = Stopwatch.GetTimestamp();
        Host = await DataPlaneProcess.StartAsync(
            _folder,
            ["--Demo:Enabled", "false", "--Logging:LogLevel:Default", "Warning", .. Database.Settings],
            new Dictionary<string, string?> { ["ASPNETCORE_ENVIRONMENT"] = "Production" },
            port: Port);
        StartToReady = Stopwatch.GetElapsedTime(start);
        if (ended is not null)
        {
            await ended.DisposeAsync();
        }
    }

    /// <summary>Stops it in order, as an orchestrator does, and starts it again.</summary>
    public async Task RestartHostAsync()
    {
        await Host.TerminateAsync();
        await Host.WaitForExitAsync(CancellationToken.None);
        await StartHostAsync();
    }

    /// <summary>Compiles what is hot and gives accounts a history: batches, then a few seconds of single ones.</summary>
    public async Task WarmUpAsync(TransactionCorpus corpus, TimeSpan singles)
    {
        using (Http.BlockingConnection connection = new(Port))
        {
            for (int i = 0; i < WarmupPosts; i++)
            {
                connection.Post($"/webhooks/transactions?source={WarmupSource}", corpus.TakeArray(WarmupItems, i * WarmupItems));
            }
        }

        using SingleLoad load = new(
            new SingleLoadOptions { Port = Port, Connections = 64, Duration = singles, Source = "warmup-single" }, corpus.Take(20_000), new RequestLog(1_000_000));
        await load.RunAsync(CancellationToken.None);
    }

    public ProcessorTime ProcessorTime() => Load.ProcessorTime.Now(Host.ProcessId, Database.Cluster?.ProcessId ?? 0);

    /// <summary>Runs a command of the data plane on this database to its end, e.g. <c>verify --database</c>.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public Task<string> RunAsync(params string[] command) => DataPlaneProcess.RunAsync(_folder, [.. command, .. Database.Settings], CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        await Database.DisposeAsync();
        _temporary?.Dispose();
    }
}
