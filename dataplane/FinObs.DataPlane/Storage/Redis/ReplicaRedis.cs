using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;
using StackExchange.Redis;

namespace FinObs.DataPlane.Storage.Redis;

/// <summary>
/// The Redis between replicas, where <c>ConnectionStrings:Redis</c> names one. It makes things faster and nothing true: whatever is asked of it may be
/// missing, old or refused, and is then done without it.
/// </summary>
internal sealed partial class ReplicaRedis : IDisposable
{
    /// <summary>A Redis that hangs must not make every chunk wait for it.</summary>
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(2);

    private readonly ConnectionMultiplexer _connection;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicaRedis> _logger;
    private readonly Meter _meter = new(FinObsTelemetry.Name);
    private readonly Counter<long> _faults;
    private long _pausedSince;

    private ReplicaRedis(ConnectionMultiplexer connection, TimeProvider time, ILogger<ReplicaRedis> logger)
    {
        (_connection, _time, _logger) = (connection, time, logger);
        _faults = _meter.CreateCounter<long>("finobs.redis.faults", "{fault}", "Answers that Redis did not give.");
        _meter.CreateObservableGauge("finobs.redis.connected", () => connection.IsConnected ? 1 : 0, "{connection}", "1 while Redis is connected.");
        _connection.ConnectionRestored += (_, _) => Restored?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The connection is there again; words may have been missed.</summary>
    public event EventHandler? Restored;

    public bool IsConnected => _connection.IsConnected;

    /// <summary>Returns although there is nothing to connect to yet: it goes on trying.</summary>
    public static ReplicaRedis Connect(string connectionString, TimeProvider time, ILogger<ReplicaRedis> logger)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ClientName ??= "finobs";
        options.ConnectTimeout = 1_000;
        options.AsyncTimeout = 250;
        options.SyncTimeout = 250;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return new ReplicaRedis(ConnectionMultiplexer.Connect(options), time, logger);
    }

    /// <summary>What takes commands; false while there is nothing to ask, or an answer was missing a moment ago.</summary>
    public bool TryUse([NotNullWhen(true)] out IDatabaseAsync? commands)
    {
        long since = Volatile.Read(ref _pausedSince);
        bool usable = _connection.IsConnected && (since == 0 || _time.GetElapsedTime(since) >= PauseAfterFault);
        commands = usable ? _connection.GetDatabase() : null;
        return usable;
    }

    public ISubscriber Words() => _connection.GetSubscriber();

    public static bool IsFault(Exception exception) => exception is RedisException or TimeoutException or ObjectDisposedException;

    /// <summary>An answer did not come: for a moment nothing is asked.</summary>
    public void Failed(Exception exception)
    {
        Volatile.Write(ref _pausedSince, _time.GetTimestamp());
        _faults.Add(1);
        Away(_logger, PauseAfterFault.TotalSeconds, exception.Message);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _connection.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis did not answer; for {Seconds} s everything is done without it. {Why}")]
    private static partial void Away(ILogger logger, double seconds, string why);
}
