using System.Text.Json;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FinObs.DataPlane.Tests.Streaming;

/// <summary>The end of the log in memory.</summary>
public class DecisionTailTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_gives_what_it_keeps_and_sends_whoever_is_further_back_to_the_log()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        DecisionTail tail = new(
            "default", host.Services.GetRequiredService<DecisionLog>(), host.Services.GetRequiredService<EventSignal>(), TimeProvider.System, NullLogger.Instance)
        { Kept = 4 };
        Task running = tail.RunAsync(stop.Token);
        await UntilAsync(tail, 0);

        await PostAsync(host, 0, 3);
        await UntilAsync(tail, 3);
        Assert.Equal([1, 2, 3], Read(tail, 0, 10)!);
        Assert.Equal([2, 3], Read(tail, 1, 10)!);
        Assert.Equal([1, 2], Read(tail, 0, 2)!);
        Assert.Empty(Read(tail, 3, 10)!);

        await PostAsync(host, 3, 7);
        await UntilAsync(tail, 10);
        Assert.Equal([7, 8, 9, 10], Read(tail, 6, 10)!);
        Assert.Null(Read(tail, 5, 10));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_reader_that_is_overtaken_misses_nothing()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        DecisionTails tails = ActivatorUtilities.CreateInstance<DecisionTails>(host.Services);
        tails.KeptEach = 4;
        DecisionFeed feed = ActivatorUtilities.CreateInstance<DecisionFeed>(host.Services, tails);
        List<long> seen = [];

        await foreach (FeedPart part in feed.ReadAsync("default", 0, Ct))
        {
            seen.AddRange(part.Decisions.Select(item => item.EventId));
            if (seen.Count >= 60)
            {
                break;
            }

            // While it is busy with one part, more comes than is kept.
            if (seen.Count % 20 == 0)
            {
                await PostAsync(host, seen.Count, 20);
            }
        }

        Assert.Equal(Enumerable.Range(1, 60).Select(id => (long)id), seen);
        Assert.Equal(0, tails.Readers);
    }

    private static long[]? Read(DecisionTail tail, long after, int limit)
    {
        List<StreamedDecision> into = [];
        return tail.TryRead(after, limit, into, out _) ? [.. into.Select(item => item.EventId)] : null;
    }

    private static async Task UntilAsync(DecisionTail tail, long last)
    {
        while (true)
        {
            Task more = tail.More;
            if (last == 0 ? tail.TryRead(0, 1, [], out _) : Read(tail, last - 1, 1) is { Length: 1 })
            {
                return;
            }

            await more.WaitAsync(Ct);
        }
    }

    private static Task<JsonElement> PostAsync(TestDataPlane host, int from, int count) => host.PostAsync(
        JsonSerializer.Serialize(Enumerable.Range(from, count).Select(i => new { transaction_id = $"t-{i}", amount = 10, type = "card" })));
}
