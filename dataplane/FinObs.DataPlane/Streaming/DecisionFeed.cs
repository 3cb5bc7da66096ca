using System.Runtime.CompilerServices;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Streaming;

/// <summary>A part of the stream for one reader; without decisions a pause in which nothing happened, or a reset.</summary>
/// <param name="Decisions">In order.</param>
/// <param name="Last">The id to go on from.</param>
/// <param name="IsReset">The reader's last id is not in the log.</param>
internal sealed record FeedPart(IReadOnlyList<StreamedDecision> Decisions, long Last, bool IsReset = false);

/// <summary>
/// Decisions in the order of their event ids, from the durable log: a reader that comes back with the last id it saw misses none and sees
/// none twice, on any replica and after any restart. Whoever keeps up shares what is read once; whoever does not reads the log at its own pace.
/// </summary>
internal sealed partial class DecisionFeed(DecisionLog log, DecisionTails tails, TimeProvider time, ILogger<DecisionFeed> logger)
{
    private const int PartSize = 256;

    /// <summary>A pause is told at least this often, so that the reader can be kept alive.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The id from which a reader without a last id starts: <paramref name="replay"/> events before the newest.</summary>
    public async Task<long> StartAsync(string @namespace, int replay, CancellationToken cancellationToken)
    {
        EventBounds bounds = await log.BoundsAsync(@namespace, cancellationToken);
        return Math.Max(bounds.First - 1, bounds.Last - replay);
    }

    /// <summary>Everything after <paramref name="lastEventId"/>, then whatever comes; a part without decisions at every pause.</summary>
    public async IAsyncEnumerable<FeedPart> ReadAsync(string @namespace, long lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using DecisionTails.Reader reader = tails.Join(@namespace);

        // An id that the log no longer holds, or that another database gave: the reader must know that it starts anew.
        EventBounds bounds = await log.BoundsAsync(@namespace, cancellationToken);
        if (lastEventId < bounds.First - 1 || lastEventId > bounds.Last)
        {
            lastEventId = lastEventId > bounds.Last ? bounds.Last : bounds.First - 1;
            yield return new FeedPart([], lastEventId, IsReset: true);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            Task more = reader.Tail.More;
            FeedPart part = await NextAsync(reader.Tail, @namespace, lastEventId, cancellationToken);
            if (part.Last == lastEventId)
            {
                await Signal.WaitAsync(more, LongestPause, time, cancellationToken);
            }

            lastEventId = part.Last;
            yield return part;
        }
    }

    private async Task<FeedPart> NextAsync(DecisionTail tail, string @namespace, long after, CancellationToken cancellationToken)
    {
        List<StreamedDecision> decisions = [];
        if (tail.TryRead(after, PartSize, decisions, out long last))
        {
            return new FeedPart(decisions, last);
        }

        try
        {
            DecisionPage page = await log.ReadAsync(@namespace, after, PartSize, cancellationToken);
            return new FeedPart(page.Decisions, page.Last);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database is away: a pause for the reader, which goes on from where it stands.
            NotRead(logger, exception);
            return new FeedPart([], after);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The log of events cannot be read.")]
    private static partial void NotRead(ILogger logger, Exception exception);
}
