using System.Diagnostics;
using System.Threading.Channels;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Models;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// The bounded queue before the pipeline. There is no timer: whatever arrived while the last commit was under way is the next chunk, so
/// a lone request waits for nobody and a thousand share one commit. The next chunk is prepared while a commit is under way, and written after it.
/// </summary>
internal sealed partial class GroupCommitQueue(TransactionPipeline pipeline, AuditGate gate, IOptions<PipelineOptions> options, ILogger<GroupCommitQueue> logger)
    : BackgroundService, ITransactionPipeline
{
    /// <summary>Of one batch.</summary>
    private const int PiecesAhead = 2;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<QueuedPiece> _queue = Channel.CreateUnbounded<QueuedPiece>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PipelineOptions _options = options.Value;
    private long _queuedItems;

    public async Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(TransactionBatch batch, CancellationToken ct)
    {
        if (gate.Refusal is { } refusal)
        {
            throw new PipelineClosedException(refusal);
        }

        // The whole batch is admitted or none of it: a half-taken batch would be answered by an error that says nothing was taken.
        if (Interlocked.Add(ref _queuedItems, batch.Items.Count) > _options.QueuedItems && batch.Items.Count > 0)
        {
            Interlocked.Add(ref _queuedItems, -batch.Items.Count);
            throw new PipelineOverloadedException(RetryAfter);
        }

        try
        {
            string traceId = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
            ChunkItem[] items = [.. batch.Items.Select(item => new ChunkItem(item, batch.Source, traceId))];
            List<TransactionOutcome> outcomes = new(items.Length);

            // Two pieces at a time: one is prepared while the other is committed, and single requests get their turn between the pieces of a large batch.
            Queue<QueuedPiece> sent = new(PiecesAhead);
            foreach (ChunkItem[] part in items.Chunk(_options.ChunkItems))
            {
                if (sent.Count == PiecesAhead)
                {
                    outcomes.AddRange(await sent.Dequeue().Outcomes.Task);
                }

                sent.Enqueue(Enqueued(new QueuedPiece(batch.Namespace, batch.Traffic, part, Activity.Current?.Context ?? default, ct)));
            }

            while (sent.TryDequeue(out QueuedPiece? piece))
            {
                outcomes.AddRange(await piece.Outcomes.Task);
            }

            return outcomes;
        }
        finally
        {
            Interlocked.Add(ref _queuedItems, -batch.Items.Count);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A stop finishes what is queued: the requests behind it are still waiting for their answers.
        await using CancellationTokenRegistration stop = stoppingToken.Register(() => _queue.Writer.TryComplete());
        UnderWay last = UnderWay.Nothing;
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (TakeChunk() is { Count: > 0 } pieces)
            {
                last = await FollowAsync(last, pieces);
            }
        }

        await last.Committed;
    }

    /// <summary>Prepares these pieces while the chunk before them is committed, and starts their own commit once that one has ended.</summary>
    private async Task<UnderWay> FollowAsync(UnderWay last, List<QueuedPiece> pieces)
    {
        PreparedChunk? prepared = null;
        try
        {
            prepared = await pipeline.PrepareAsync(ToChunk(pieces), last.Committed.IsCompleted ? null : last.Chunk, CancellationToken.None);
        }
        catch (Exception exception)
        {
            NotPrepared(logger, pieces.Count, exception);
        }

        if (await last.Committed && prepared is not null)
        {
            // On a thread of its own: writing rows is work too, and this one goes on to the next chunk.
            return new UnderWay(prepared, Task.Run(() => CommitAsync(prepared, pieces)));
        }

        // What was foreseen did not come about: nothing of this chunk has happened, and it begins anew from what is stored.
        prepared?.Dispose();
        await ProcessAsync(pieces);
        return UnderWay.Nothing;
    }

    /// <summary>True if what was prepared is what is stored; else the pieces were processed anew, and are answered as well.</summary>
    private async Task<bool> CommitAsync(PreparedChunk prepared, List<QueuedPiece> pieces)
    {
        try
        {
            Answer(pieces, await pipeline.CommitAsync(prepared, CancellationToken.None));
            return true;
        }
        catch (Exception exception)
        {
            NotCommitted(logger, pieces.Count, exception);
            await ProcessAsync(pieces);
            return false;
        }
    }

    /// <summary>Takes pieces of one namespace, which the same models decide, until the chunk is full.</summary>
    private List<QueuedPiece> TakeChunk()
    {
        List<QueuedPiece> chunk = [];
        int items = 0;
        while (_queue.Reader.TryPeek(out QueuedPiece? next))
        {
            bool fits = chunk.Count == 0 || (next.Namespace == chunk[0].Namespace && ReferenceEquals(next.Traffic, chunk[0].Traffic) && items + next.Items.Length <= _options.ChunkItems);
            if (!fits)
            {
                break;
            }

            _queue.Reader.TryRead(out _);
            if (next.Abandoned.IsCancellationRequested)
            {
                next.Outcomes.TrySetCanceled(next.Abandoned);
                continue;
            }

            items += next.Items.Length;
            chunk.Add(next);
        }

        return chunk;
    }

    private async Task ProcessAsync(List<QueuedPiece> chunk)
    {
        try
        {
            Answer(chunk, await pipeline.ProcessAsync(ToChunk(chunk), CancellationToken.None));
        }
        catch (Exception exception) when (chunk.Count > 1)
        {
            // One request's trouble is not its neighbours': each gets a commit of its own.
            ChunkFailed(logger, chunk.Count, exception);
            foreach (QueuedPiece piece in chunk)
            {
                await ProcessAsync([piece]);
            }
        }
        catch (Exception exception)
        {
            ChunkFailed(logger, 1, exception);
            chunk[0].Outcomes.TrySetException(new PipelineUnavailableException(
                "The transactions could not be stored. Send them again: what is stored already is answered as it was.", exception));
        }
    }

    private QueuedPiece Enqueued(QueuedPiece piece) => _queue.Writer.TryWrite(piece)
        ? piece
        : throw new PipelineUnavailableException("The host is stopping. Send the batch again: what is stored already is answered as it was.");

    private static void Answer(List<QueuedPiece> pieces, TransactionOutcome[] outcomes)
    {
        int next = 0;
        foreach (QueuedPiece piece in pieces)
        {
            piece.Outcomes.TrySetResult(outcomes.AsSpan(next, piece.Items.Length).ToArray());
            next += piece.Items.Length;
        }
    }

    private static TransactionChunk ToChunk(List<QueuedPiece> pieces) => new(
        pieces[0].Namespace,
        pieces.Count == 1 ? pieces[0].Items : [.. pieces.SelectMany(piece => piece.Items)],
        [.. pieces.Select(piece => piece.Request).Where(context => context != default)])
    {
        Traffic = pieces[0].Traffic,
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "A chunk of {Requests} request(s) could not be prepared; it is begun anew.")]
    private static partial void NotPrepared(ILogger logger, int requests, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A chunk of {Requests} request(s) was not committed; it is begun anew.")]
    private static partial void NotCommitted(ILogger logger, int requests, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A chunk of {Requests} request(s) was not stored.")]
    private static partial void ChunkFailed(ILogger logger, int requests, Exception exception);

    /// <summary>A chunk and its commit, which never throws: true if it came about as prepared.</summary>
    private sealed record UnderWay(PreparedChunk? Chunk, Task<bool> Committed)
    {
        public static readonly UnderWay Nothing = new(null, Task.FromResult(true));
    }

    /// <summary>One request's items, or a part of them.</summary>
    private sealed record QueuedPiece(string Namespace, RoutedTraffic? Traffic, ChunkItem[] Items, ActivityContext Request, CancellationToken Abandoned)
    {
        public TaskCompletionSource<TransactionOutcome[]> Outcomes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
