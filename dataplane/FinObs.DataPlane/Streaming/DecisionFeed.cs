using System.Runtime.CompilerServices;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Streaming;

/// <summary>One entry of the stream; without a result it is a pause in which nothing happened, or a reset.</summary>
internal sealed record FeedItem(long EventId, TransactionResult? Result, bool IsReset = false);

/// <summary>
/// Decisions in the order of their event ids, from the durable log: a reader that comes back with the last id it saw misses none and sees
/// none twice, on any replica and after any restart.
/// </summary>
internal sealed class DecisionFeed(EventLog log, StoredTransactions stored, EventSignal signal, TimeProvider time)
{
    private const int BatchSize = 256;

    /// <summary>Another replica's events raise no signal here; this is how late they may be seen.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>The id from which a reader without a last id starts: <paramref name="replay"/> events before the newest.</summary>
    public async Task<long> StartAsync(string @namespace, int replay, CancellationToken cancellationToken)
    {
        EventBounds bounds = await log.BoundsAsync(@namespace, cancellationToken);
        return Math.Max(bounds.First - 1, bounds.Last - replay);
    }

    /// <summary>Everything after <paramref name="lastEventId"/>, then whatever comes; an item without a result at every pause.</summary>
    public async IAsyncEnumerable<FeedItem> ReadAsync(string @namespace, long lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // An id that the log no longer holds, or that another database gave: the reader must know that it starts anew.
        EventBounds bounds = await log.BoundsAsync(@namespace, cancellationToken);
        if (lastEventId < bounds.First - 1 || lastEventId > bounds.Last)
        {
            lastEventId = lastEventId > bounds.Last ? bounds.Last : bounds.First - 1;
            yield return new FeedItem(lastEventId, null, IsReset: true);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            Task more = signal.Next;
            List<StreamEvent> events = await log.ReadAsync(@namespace, lastEventId, BatchSize, cancellationToken);
            Guid[] decided = [.. events.Where(item => item.Topic == DecisionPayload.Kind).Select(item => item.SubjectId).OfType<Guid>()];
            Dictionary<Guid, AnsweredTransaction> results = await stored.ResultsAsync(decided, cancellationToken);
            foreach (StreamEvent item in events)
            {
                lastEventId = item.EventId;
                if (item.SubjectId is { } subject && results.TryGetValue(subject, out AnsweredTransaction? answered))
                {
                    yield return new FeedItem(item.EventId, answered.Result);
                }
            }

            if (events.Count == 0)
            {
                await Signal.WaitAsync(more, PollInterval, time, cancellationToken);
                yield return new FeedItem(lastEventId, null);
            }
        }
    }
}
