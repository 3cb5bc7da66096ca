using System.Globalization;
using System.Text;

namespace FinObs.Benchmarks.Load.Http;

/// <summary>
/// Reads HTTP/1.1 answers of our own server from whatever pieces arrive: status, Retry-After, a body by Content-Length or in chunks. It
/// keeps the beginning and the end of a body and counts its lines, and allocates nothing.
/// </summary>
internal sealed class AnswerReader
{
    private const int MostHeadBytes = 8 * 1024;
    private const int KeptBytes = 1024;

    private readonly byte[] _head = new byte[MostHeadBytes];
    private readonly byte[] _start = new byte[KeptBytes];
    private readonly byte[] _end = new byte[KeptBytes];
    private int _headBytes, _startBytes, _endBytes;
    private long _left;
    private Part _part;

    private enum Part
    {
        Head,
        Body,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailer,
        Done,
    }

    public int Status { get; private set; }

    /// <summary>Seconds of Retry-After; 0 without one.</summary>
    public int RetryAfter { get; private set; }

    /// <summary>Line feeds in the body.</summary>
    public long Lines { get; private set; }

    public long BodyBytes { get; private set; }

    public bool Closes { get; private set; }

    public bool IsDone => _part == Part.Done;

    /// <summary>The first 1024 bytes of the body at most.</summary>
    public ReadOnlySpan<byte> BodyStart => _start.AsSpan(0, _startBytes);

    /// <summary>The last 1024 bytes of the body at most.</summary>
    public ReadOnlySpan<byte> BodyEnd => _end.AsSpan(0, _endBytes);

    /// <summary>What an answer to <c>POST /webhooks/transactions</c> says was flagged; NDJSON says it in its last line.</summary>
    public long Flagged => NumberAfter(BodyStart, "\"flagged\":"u8);

    public static long NumberAfter(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        int at = json.IndexOf(name);
        long value = 0;
        for (int i = at + name.Length; at >= 0 && i < json.Length && json[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            value = (value * 10) + (json[i] - '0');
        }

        return value;
    }

    /// <summary>Begins with the next answer of the connection.</summary>
    public void Reset()
    {
        (_headBytes, _startBytes, _endBytes, _left, _part) = (0, 0, 0, 0, Part.Head);
        (Status, RetryAfter, Lines, BodyBytes, Closes) = (0, 0, 0, 0, false);
    }

    /// <summary>Takes what has arrived, up to the end of the answer; gives how many bytes it took.</summary>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (taken < bytes.Length && _part != Part.Done)
        {
            taken += _part is Part.Body or Part.Chunk ? FeedBody(bytes[taken..]) : FeedLine(bytes[taken..]);
        }

        return taken;
    }

    private int FeedBody(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> body = bytes[..(int)Math.Min(bytes.Length, _left)];
        Keep(body);
        _left -= body.Length;
        if (_left == 0)
        {
            _part = _part == Part.Body ? Part.Done : Part.ChunkEnd;
        }

        return body.Length;
    }

    /// <summary>Head, chunk sizes and trailers: lines, which may arrive in pieces.</summary>
    private int FeedLine(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> piece = end < 0 ? bytes : bytes[..(end + 1)];
        if (_headBytes + piece.Length > _head.Length)
        {
            throw new InvalidDataException("A line or head of the answer is too long.");
        }

        piece.CopyTo(_head.AsSpan(_headBytes));
        _headBytes += piece.Length;
        if (end >= 0)
        {
            TakeLine(_head.AsSpan(0, _headBytes).TrimEnd("\r\n"u8));
            _headBytes = 0;
        }

        return piece.Length;
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Head when Status == 0:
                Status = int.Parse(line.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
                break;
            case Part.Head when line.IsEmpty:
                _part = _left == 0 ? Part.Done : _left > 0 ? Part.Body : Part.ChunkSize;
                break;
            case Part.Head:
                TakeHeader(line);
                break;
            case Part.ChunkEnd:
                _part = Part.ChunkSize;
                break;
            case Part.ChunkSize:
                _left = long.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _part = _left == 0 ? Part.Trailer : Part.Chunk;
                break;
            default:
                _part = line.IsEmpty ? Part.Done : Part.Trailer;
                break;
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        ReadOnlySpan<byte> name = line[..colon], value = line[(colon + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
        {
            _left = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
        {
            _left = -1;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Retry-After"u8))
        {
            RetryAfter = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        else if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
        {
            Closes = Ascii.EqualsIgnoreCase(value, "close"u8);
        }
    }

    private void Keep(ReadOnlySpan<byte> body)
    {
        BodyBytes += body.Length;
        Lines += body.Count((byte)'\n');
        ReadOnlySpan<byte> first = body[..Math.Min(body.Length, KeptBytes - _startBytes)];
        first.CopyTo(_start.AsSpan(_startBytes));
        _startBytes += first.Length;
        ReadOnlySpan<byte> last = body[Math.Max(0, body.Length - KeptBytes)..];
        int moved = Math.Min(_endBytes, KeptBytes - last.Length);
        _end.AsSpan(_endBytes - moved, moved).CopyTo(_end);
        last.CopyTo(_end.AsSpan(moved));
        _endBytes = moved + last.Length;
    }
}
