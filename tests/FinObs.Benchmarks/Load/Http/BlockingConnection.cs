using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FinObs.Benchmarks.Load.Http;

/// <summary>One keep-alive connection on which one request follows the other.</summary>
internal sealed class BlockingConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];

    public BlockingConnection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.ReceiveTimeout = (int)TimeSpan.FromMinutes(5).TotalMilliseconds;
    }

    /// <summary>The answer to the last request.</summary>
    public AnswerReader Answer { get; } = new();

    public static byte[] Head(string method, string path, string? contentType = null, long? length = null) => Encoding.ASCII.GetBytes(
        $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
        (contentType is null ? "" : $"Content-Type: {contentType}\r\n") +
        (length is { } bytes ? $"Content-Length: {bytes}\r\n" : contentType is null ? "" : "Transfer-Encoding: chunked\r\n") +
        "\r\n");

    public AnswerReader Post(string path, ReadOnlySpan<byte> body)
    {
        Send(Head("POST", path, "application/json", body.Length));
        Send(body);
        return Receive();
    }

    /// <summary>A piece of a body of unknown length; an empty one ends it.</summary>
    public void SendChunk(ReadOnlySpan<byte> bytes)
    {
        Send(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"));
        Send(bytes);
        Send("\r\n"u8);
    }

    public AnswerReader Get(string path)
    {
        Send(Head("GET", path));
        return Receive();
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Reads an answer to its end; <paramref name="progress"/> hears of every piece.</summary>
    public AnswerReader Receive(Action? progress = null)
    {
        Answer.Reset();
        while (!Answer.IsDone)
        {
            int count = _socket.Receive(_buffer);
            if (count == 0)
            {
                throw new IOException("The server closed the connection before its answer was complete.");
            }

            Answer.Feed(_buffer.AsSpan(0, count));
            progress?.Invoke();
        }

        return Answer;
    }

    public void Dispose() => _socket.Dispose();
}
