using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Storage.Redis;
using StackExchange.Redis;

namespace FinObs.DataPlane.Outbox.Words;

/// <summary>
/// Words by Redis while it is there: NOTIFY makes PostgreSQL write one commit after the other. While it is not, by LISTEN/NOTIFY. Everybody listens to both.
/// </summary>
internal sealed class RedisWords(ReplicaRedis redis, PostgresWords postgres) : IReplicaWords
{
    private static readonly RedisChannel Channel = RedisChannel.Literal("finobs:words");

    public Task AnnounceAsync(IWriteSession session, ReplicaWord word, CancellationToken cancellationToken)
    {
        if (!redis.IsConnected)
        {
            return postgres.AnnounceAsync(session, word, cancellationToken);
        }

        session.AfterCommit(() => Publish(word));
        return Task.CompletedTask;
    }

    public async Task ListenAsync(Action<ReplicaWord> heard, CancellationToken cancellationToken)
    {
        void HearAll(object? sender, EventArgs _) => Array.ForEach(Enum.GetValues<ReplicaWord>(), heard);
        redis.Restored += HearAll;
        try
        {
            Task subscribed = redis.Words().SubscribeAsync(Channel, (_, word) => heard((ReplicaWord)(int)word));
            await postgres.ListenAsync(heard, cancellationToken);
            await subscribed;
        }
        finally
        {
            redis.Restored -= HearAll;
        }
    }

    /// <summary>A word that is lost is made good by those who look now and then.</summary>
    private void Publish(ReplicaWord word)
    {
        try
        {
            redis.Words().Publish(Channel, (int)word, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (ReplicaRedis.IsFault(exception))
        {
            redis.Failed(exception);
        }
    }
}
