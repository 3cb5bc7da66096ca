using System.Data.Common;
using FinObs.DataPlane.Storage;
using Npgsql;

namespace FinObs.DataPlane.Outbox.Words;

/// <summary>LISTEN/NOTIFY: the word goes out with the commit and arrives in milliseconds, over one connection that nothing else uses.</summary>
internal sealed partial class PostgresWords(PostgresDatabase database, TimeProvider time, ILogger<PostgresWords> logger) : IReplicaWords
{
    /// <summary>By word.</summary>
    private static readonly string[] Channels = ["finobs_changes", "finobs_events", "finobs_deliveries", "finobs_rules"];

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public async Task AnnounceAsync(IWriteSession session, ReplicaWord word, CancellationToken cancellationToken)
    {
        await using DbCommand notify = session.CreateCommand($"NOTIFY {Channels[(int)word]}");
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ListenAsync(Action<ReplicaWord> heard, CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = database.CreateListener();
                await connection.OpenAsync(cancellationToken);
                connection.Notification += (_, told) => heard((ReplicaWord)Array.IndexOf(Channels, told.Channel));
                await using (NpgsqlCommand listen = new($"LISTEN {string.Join("; LISTEN ", Channels)}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                pause = ShortestPause;

                // Whatever was said while nobody listened.
                foreach (ReplicaWord word in Enum.GetValues<ReplicaWord>())
                {
                    heard(word);
                }

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
