using FinObs.Contracts.Resources.PullSources;

namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>
/// An answer as it may be read: no more bytes than allowed, and no more waiting for them. Only the waiting counts, so that a long answer is no slow one, and one that comes
/// a byte at a time is.
/// </summary>
internal sealed class AnswerStream(Stream inner, long maxBytes, WaitBudget? budget) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        ValueTask<int> read = inner.ReadAsync(buffer, budget?.Start(cancellationToken) ?? cancellationToken);
        try
        {
            count = await read;
        }
        finally
        {
            budget?.Stop();
        }

        _read += count;
        return _read <= maxBytes
            ? count
            : throw PullFailedException.Unreadable($"The answer is larger than response.maxBytes ({maxBytes:N0} bytes): raise it, or ask for smaller pages.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>How long one request may wait for its server, all waits together.</summary>
internal sealed class WaitBudget(TimeSpan total, TimeProvider time) : IDisposable
{
    private TimeSpan _used;
    private long _since;
    private CancellationTokenSource? _source;
    private ITimer? _timer;

    /// <summary>True once it was used up.</summary>
    public bool IsSpent => _used >= total || _source is { IsCancellationRequested: true };

    /// <summary>A wait begins; the token ends it when the time is up.</summary>
    public CancellationToken Start(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _source?.Dispose();
        _since = time.GetTimestamp();
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Arm(_source, _used < total ? total - _used : TimeSpan.Zero);
        return _source.Token;
    }

    public void Stop()
    {
        _used += time.GetElapsedTime(_since);
        _timer?.Dispose();
        _timer = null;
    }

    public PullFailedException Exceeded(string host) => new(
        isReachable: false, PullSourceReasons.TimedOut, $"{host} did not answer in full within {total.TotalSeconds:0.###} s of waiting: see schedule.timeout.");

    public void Dispose()
    {
        _timer?.Dispose();
        _source?.Dispose();
    }

    private void Arm(CancellationTokenSource source, TimeSpan after) =>
        _timer = time.CreateTimer(static state => Cancel((CancellationTokenSource)state!), source, after, Timeout.InfiniteTimeSpan);

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait was over in the same moment.
        }
    }
}
