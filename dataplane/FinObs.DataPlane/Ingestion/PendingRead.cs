using System.IO.Pipelines;

namespace FinObs.DataPlane.Ingestion;

/// <summary>One read of a pipe at a time, left in good order whatever happens in between: the server cannot drain a body whose reader was dropped in
/// the middle of a read.</summary>
internal sealed class PendingRead(PipeReader reader)
{
    private Task<ReadResult>? _pending;
    private SequencePosition? _held;

    /// <summary>Begins a read.</summary>
    /// <returns>Whether there is something to read at once.</returns>
    public bool Start(CancellationToken ct)
    {
        _pending = reader.ReadAsync(ct).AsTask();
        return _pending.IsCompleted;
    }

    /// <summary>Waits for the read that was begun.</summary>
    public async Task<ReadResult> ResultAsync()
    {
        Task<ReadResult> pending = _pending ?? throw new InvalidOperationException("No read was begun.");
        _pending = null;
        ReadResult result = await pending;
        _held = result.Buffer.Start;
        return result;
    }

    /// <summary>Ends the read.</summary>
    public void Advance(SequencePosition consumed, SequencePosition examined)
    {
        _held = null;
        reader.AdvanceTo(consumed, examined);
    }

    /// <summary>Gives up whatever is under way.</summary>
    public async ValueTask AbandonAsync()
    {
        if (_pending is not null)
        {
            reader.CancelPendingRead();
            try
            {
                await ResultAsync();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or BadHttpRequestException)
            {
                // The body is no good: nothing to leave in order.
            }
        }

        if (_held is { } start)
        {
            Advance(start, start);
        }
    }
}
