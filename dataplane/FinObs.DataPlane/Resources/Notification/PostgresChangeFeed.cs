using System.Data.Common;
using FinObs.DataPlane.Storage;
using Npgsql;

namespace FinObs.DataPlane.Resources.Notification;

/// <summary>LISTEN/NOTIFY: the word goes out with the commit and arrives in milliseconds, over one connection that nothing else uses.</summary>
internal sealed partial class PostgresChangeFeed(PostgresDatabase database, TimeProvider time, ILogger<PostgresChangeFeed> logger) : IChangeFeed
{
    private const string Channel = "finobs_changes";
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public async Task AnnounceAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using DbCommand notify = session.CreateCommand($"NOTIFY {Channel}");
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ListenAsync(Action heard, CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = database.CreateListener();
                await connection.OpenAsync(cancellationToken);
                connection.Notification += (_, _) => heard();
                await using (NpgsqlCommand listen = new($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                pause = ShortestPause;
                heard(); // whatever was said while nobody listened
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
            {
                Lost(logger, pause.TotalMilliseconds, exception);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that hears of changes in other replicas is lost; it is opened again in {PauseMilliseconds} ms. Until then changes are found by polling.")]
    private static partial void Lost(ILogger logger, double pauseMilliseconds, Exception exception);
}
