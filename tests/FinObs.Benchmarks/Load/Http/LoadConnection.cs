using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FinObs.Benchmarks.Load.Http;

/// <summary>One of many connections of one thread: at most one request is under way on it. Nothing is allocated for a request.</summary>
internal sealed class LoadConnection : IDisposable
{
    // Head and body of one transaction of the simulated bank: about 450 bytes.
    private const int MostRequestBytes = 2048;
    private const int LengthDigits = 4;

    private readonly byte[] _request = new byte[MostRequestBytes];
    private readonly byte[] _received = new byte[16 * 1024];
    private readonly int _lengthOffset, _bodyOffset;
    private readonly int _port;
    private int _requestBytes;
    private Socket? _socket;

    public LoadConnection(int port, string source)
    {
        _port = port;
        string head = $"POST /webhooks/transactions?source={source} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ";
        _lengthOffset = head.Length;
        _bodyOffset = Encoding.ASCII.GetBytes(head + new string('0', LengthDigits) + "\r\n\r\n", _request);
    }

    public AnswerReader Answer { get; } = new();

    public bool IsOpen => _socket is not null;

    /// <summary>A request was given and is not answered yet, sent or to be sent again.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Number of the request under way.</summary>
    public int Number { get; private set; }

    /// <summary>Timestamps of <see cref="Stopwatch"/>: when the request was due, when it was last sent, when it may be sent again.</summary>
    public long Due { get; private set; }

    public long Sent { get; private set; }

    public long NotBefore { get; set; }

    public nint Handle => _socket!.Handle;

    public bool TryOpen()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Loopback, _port);
            socket.Blocking = false;
            _socket = socket;
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    /// <summary>Makes the next request.</summary>
    public void Prepare(ReadOnlySpan<byte> item, int number, long due)
    {
        (Number, Due, IsBusy, NotBefore) = (number, due, true, 0);
        Span<byte> body = _request.AsSpan(_bodyOffset, item.Length);
        item.CopyTo(body);
        TransactionCorpus.WriteId(body, number);
        int length = item.Length;
        for (int i = _lengthOffset + LengthDigits - 1; i >= _lengthOffset; i--)
        {
            (length, int digit) = Math.DivRem(length, 10);
            _request[i] = (byte)('0' + digit);
        }

        _requestBytes = _bodyOffset + item.Length;
    }

    /// <summary>Sends the prepared request, for the first time or again; false when the connection is gone.</summary>
    public bool TrySend()
    {
        Answer.Reset();
        Sent = Stopwatch.GetTimestamp();

        // Half a kilobyte always fits into the empty buffer of a socket that was answered.
        return _socket!.Send(_request.AsSpan(0, _requestBytes), SocketFlags.None, out SocketError error) == _requestBytes && error == SocketError.Success;
    }

    /// <summary>Reads what is there; false when the connection is gone.</summary>
    public bool TryReceive()
    {
        int count = _socket!.Receive(_received, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        if (error != SocketError.Success || count == 0)
        {
            return false;
        }

        Answer.Feed(_received.AsSpan(0, count));
        return true;
    }

    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Close();
}
