using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace FinObs.DataPlane.Access.Examining;

/// <summary>A body whose first byte waits until the answer has been recorded. Where that fails, what would have been sent is dropped, and 503 is sent in its place.</summary>
internal sealed class RecordedBody : Stream
{
    private const string Problem =
        """{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.4","title":"Service Unavailable","status":503,"detail":"Each read of an examiner is written to the audit log first, and that cannot be done now: nothing was shown. Ask again in a few seconds."}""";

    private readonly HttpContext _context;
    private readonly IHttpResponseBodyFeature _answer;
    private readonly Func<HttpContext, CancellationToken, Task<bool>> _record;
    private bool _isDecided;
    private bool _isRefused;

    public RecordedBody(HttpContext context, IHttpResponseBodyFeature answer, Func<HttpContext, CancellationToken, Task<bool>> record)
    {
        (_context, _answer, _record) = (context, answer, record);
        Feature = new Gate(this, answer);
    }

    public IHttpResponseBodyFeature Feature { get; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Sends what is left in the writer, and records an answer that has no body.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await Feature.Writer.FlushAsync(cancellationToken);
        await DecideAsync(cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > 0 && await DecideAsync(cancellationToken)) await _answer.Stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        // A writer is flushed empty too before anything is known of the answer: that sends no headers early here.
        if (_isDecided && !_isRefused) await _answer.Stream.FlushAsync(cancellationToken);
    }

    public override void Flush() => throw new NotSupportedException("Answers are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    /// <summary>Once: whether the answer may be sent. One that tells nothing (an error) needs no leaf.</summary>
    private async Task<bool> DecideAsync(CancellationToken cancellationToken)
    {
        if (_isDecided) return !_isRefused;
        _isDecided = true;
        int status = _context.Response.StatusCode;
        if (status is not (>= 200 and < 300 or StatusCodes.Status304NotModified) || await _record(_context, cancellationToken)) return true;
        _isRefused = true;
        byte[] body = Encoding.UTF8.GetBytes(Problem);
        _context.Response.Headers.Clear();
        (_context.Response.StatusCode, _context.Response.ContentType, _context.Response.ContentLength) = (StatusCodes.Status503ServiceUnavailable, "application/problem+json", body.Length);
        await _answer.Stream.WriteAsync(body, cancellationToken);
        return false;
    }

    /// <summary>The server's ways of sending, each by the body above.</summary>
    private sealed class Gate(RecordedBody body, IHttpResponseBodyFeature answer) : StreamResponseBodyFeature(body, answer)
    {
        public override async Task StartAsync(CancellationToken cancellationToken = default)
        {
            if (await body.DecideAsync(cancellationToken)) await body._answer.StartAsync(cancellationToken);
        }
    }
}
