using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Opens a request's body, unpacks it and reads it as a whole up to a limit.</summary>
internal static class RequestBodyReader
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>The body as a pipe; <see langword="null"/> where its encoding is not taken here.</summary>
    public static PipeReader? Open(HttpRequest request, IngestionOptions options)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return request.BodyReader;
        }

        if (!encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) && !encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var counted = new CountingStream(request.Body);
        var unpacked = new RatioGuardStream(new GZipStream(counted, CompressionMode.Decompress), counted, options.MaxGzipRatio);
        return PipeReader.Create(unpacked, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
    }

    /// <summary>Reads all of it.</summary>
    /// <returns>The bytes in a rented buffer, or the problem.</returns>
    public static async Task<RequestBody> ReadAsync(PipeReader reader, long? contentLength, int maxBytes, CancellationToken ct)
    {
        if (contentLength > maxBytes)
        {
            return new RequestBody(BodyProblem.TooLarge(maxBytes));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        int length = 0;
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(ct);
                long total = length + read.Buffer.Length;
                if (total <= maxBytes)
                {
                    buffer = Grow(buffer, length, (int)total);
                    read.Buffer.CopyTo(buffer.AsSpan(length));
                    length = (int)total;
                }

                // Also before a refusal: the server reads on, for a while, so that the sender gets to see the answer.
                reader.AdvanceTo(read.Buffer.End);
                if (total > maxBytes)
                {
                    return Refuse(buffer, BodyProblem.TooLarge(maxBytes));
                }

                if (read.IsCompleted)
                {
                    return new RequestBody(buffer, length);
                }
            }
        }
        catch (Exception e) when (Describe(e) is { } problem)
        {
            return Refuse(buffer, problem);
        }
    }

    /// <summary>What a failure to read means for the sender; <see langword="null"/> where it is not the body's fault.</summary>
    public static BodyProblem? Describe(Exception exception) => exception switch
    {
        RatioExceededException => BodyProblem.GzipBomb,
        InvalidDataException => BodyProblem.InvalidGzip,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new BodyProblem(
            StatusCodes.Status408RequestTimeout, "body_too_slow", "The body arrived too slowly: send it again, in smaller parts."),
        BadHttpRequestException e => new BodyProblem(e.StatusCode, "body_unreadable", "The body could not be read to its end: send it again."),
        _ => null,
    };

    private static byte[] Grow(byte[] buffer, int length, int needed)
    {
        if (needed <= buffer.Length)
        {
            return buffer;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static RequestBody Refuse(byte[] buffer, BodyProblem problem)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return new RequestBody(problem);
    }
}

/// <summary>A body in a rented buffer, or why there is none.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly int _length;
    private byte[]? _rented;

    public RequestBody(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    public RequestBody(BodyProblem problem) => Problem = problem;

    public BodyProblem? Problem { get; }

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
