namespace FinObs.DataPlane.Ingestion;

/// <summary>Reads unpacked bytes and stops where they outgrow the packed ones: a megabyte must not become a gigabyte.</summary>
internal sealed class RatioGuardStream(System.IO.Stream unpacked, CountingStream packed, int maxRatio) : ReadOnlyStream(unpacked)
{
    private const long AlwaysAllowed = 1024 * 1024;

    /// <summary>Header and trailer. The unpacking stream takes anything shorter for an empty file.</summary>
    private const int LeastGzip = 18;

    private long _read;

    protected override void OnRead(int count)
    {
        if (count == 0 && packed.BytesRead is > 0 and < LeastGzip)
        {
            throw new InvalidDataException("The packed body is shorter than any gzip file.");
        }

        _read += count;
        if (_read > AlwaysAllowed + (packed.BytesRead * maxRatio))
        {
            throw new RatioExceededException();
        }
    }
}

/// <summary>Counts what is read through it.</summary>
internal sealed class CountingStream(System.IO.Stream inner) : ReadOnlyStream(inner)
{
    public long BytesRead { get; private set; }

    protected override void OnRead(int count) => BytesRead += count;
}

/// <summary>A gzip body outgrew its limit.</summary>
internal sealed class RatioExceededException() : IOException("The unpacked body is out of proportion to the packed one.");

/// <summary>The part of a stream that a body has: asynchronous reading, forwards.</summary>
internal abstract class ReadOnlyStream(System.IO.Stream inner) : System.IO.Stream
{
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
        int count = await inner.ReadAsync(buffer, cancellationToken);
        OnRead(count);
        return count;
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

    protected abstract void OnRead(int count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
