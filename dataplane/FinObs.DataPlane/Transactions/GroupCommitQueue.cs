using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// The bounded queue before the pipeline. There is no timer: whatever arrived while the last commit was under way is the next chunk, so
/// a lone request waits for nobody and a thousand share one commit.
/// </summary>
internal sealed partial class GroupCommitQueue(TransactionPipeline pipeline, IOptions<PipelineOptions> options, ILogger<GroupCommitQueue> logger)
    : BackgroundService, ITransactionPipeline
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<QueuedPiece> _queue = Channel.CreateUnbounded<QueuedPiece>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PipelineOptions _options = options.Value;
    private long _queuedItems;

    public async Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(TransactionBatch batch, CancellationToken ct)
    {
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

            // Piece after piece, so that single requests get their turn between the pieces of a large batch.
            foreach (ChunkItem[] part in items.Chunk(_options.ChunkItems))
            {
                QueuedPiece piece = new(batch.Namespace, part, Activity.Current?.Context ?? default, ct);
                if (!_queue.Writer.TryWrite(piece))
                {
                    throw new PipelineUnavailableException("The host is stopping. Send the batch again: what is stored already is answered as it was.");
                }

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
        List<QueuedPiece> chunk = [];
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (TakeChunk(chunk))
            {
                await ProcessAsync(chunk);
            }
        }
    }

    /// <summary>Takes pieces of one namespace until the chunk is full.</summary>
    private bool TakeChunk(List<QueuedPiece> chunk)
    {
        chunk.Clear();
        int items = 0;
        while (_queue.Reader.TryPeek(out QueuedPiece? next))
        {
            bool fits = chunk.Count == 0 || (next.Namespace == chunk[0].Namespace && items + next.Items.Length <= _options.ChunkItems);
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

        return chunk.Count > 0;
    }

    private async Task ProcessAsync(List<QueuedPiece> chunk)
    {
        try
        {
            TransactionOutcome[] outcomes = await pipeline.ProcessAsync(ToChunk(chunk), CancellationToken.None);
            int next = 0;
            foreach (QueuedPiece piece in chunk)
            {
                piece.Outcomes.TrySetResult(outcomes.AsSpan(next, piece.Items.Length).ToArray());
                next += piece.Items.Length;
            }
        }
        catch (Exception exception) when (chunk.Count > 1)
        {
            // One request's trouble is not its neighbours': each gets a commit of its own.
            ChunkFailed(logger, chunk.Count, exception);
            foreach (QueuedPiece piece in chunk.ToArray())
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

    private static TransactionChunk ToChunk(List<QueuedPiece> pieces) => new(
        pieces[0].Namespace,
        pieces.Count == 1 ? pieces[0].Items : [.. pieces.SelectMany(piece => piece.Items)],
        [.. pieces.Select(piece => piece.Request).Where(context => context != default)]);

    [LoggerMessage(Level = LogLevel.Error, Message = "A chunk of {Requests} request(s) was not stored.")]
    private static partial void ChunkFailed(ILogger logger, int requests, Exception exception);

    /// <summary>One request's items, or a part of them.</summary>
    private sealed record QueuedPiece(string Namespace, ChunkItem[] Items, ActivityContext Request, CancellationToken Abandoned)
    {
        public TaskCompletionSource<TransactionOutcome[]> Outcomes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
