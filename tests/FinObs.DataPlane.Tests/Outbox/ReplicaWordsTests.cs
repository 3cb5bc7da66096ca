using System.Threading.Channels;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Storage.Redis;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Outbox;

/// <summary>What one replica tells the others.</summary>
public class ReplicaWordsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_word_goes_out_with_its_commit_and_only_then(bool withRedis)
    {
        await using RedisServer? redis = withRedis ? await RedisServer.StartAsync() : null;
        string[] settings = redis is null ? [] : ["--ConnectionStrings:Redis", redis.Address];
        await using TestDataPlane first = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql, settings);
        await using TestDataPlane second = await first.StartReplicaAsync(settings);
        await using Ear ear = await Ear.OpenAsync(second);

        await SayAsync(first, ReplicaWord.ResourcesChanged, commit: false);
        await SayAsync(first, ReplicaWord.EventsNumbered, commit: true);
        Assert.DoesNotContain(ReplicaWord.ResourcesChanged, await ear.UntilAsync(ReplicaWord.EventsNumbered));

        if (redis is not null)
        {
            await redis.StopAsync();
            while (first.Services.GetRequiredService<ReplicaRedis>().IsConnected)
            {
                Ct.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        await SayAsync(first, ReplicaWord.ResourcesChanged, commit: true);
        Assert.Contains(ReplicaWord.ResourcesChanged, await ear.UntilAsync(ReplicaWord.ResourcesChanged));
    }

    private static async Task SayAsync(TestDataPlane host, ReplicaWord word, bool commit)
    {
        await using IWriteSession session = await host.Services.GetRequiredService<IDatabase>().BeginWriteAsync(Ct);
        await host.Services.GetRequiredService<IReplicaWords>().AnnounceAsync(session, word, Ct);
        if (commit)
        {
            await session.CommitAsync(Ct);
        }
    }

    /// <summary>Listens beside the host itself.</summary>
    private sealed class Ear : IAsyncDisposable
    {
        private readonly Channel<ReplicaWord> _heard = Channel.CreateUnbounded<ReplicaWord>();
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private Task _listening = Task.CompletedTask;

        public static async Task<Ear> OpenAsync(TestDataPlane host)
        {
            Ear ear = new();
            ear._listening = host.Services.GetRequiredService<IReplicaWords>().ListenAsync(word => ear._heard.Writer.TryWrite(word), ear._stop.Token);

            // Whoever begins to listen is told everything once.
            foreach (ReplicaWord word in Enum.GetValues<ReplicaWord>())
            {
                await ear.UntilAsync(word);
            }

            return ear;
        }

        /// <summary>All words up to this one; the host says some of its own.</summary>
        public async Task<List<ReplicaWord>> UntilAsync(ReplicaWord word)
        {
            List<ReplicaWord> heard = [];
            do
            {
                heard.Add(await _heard.Reader.ReadAsync(Ct));
            }
            while (heard[^1] != word);

            return heard;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _listening);
            _stop.Dispose();
        }
    }
}
