using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FinObs.Benchmarks.Load;

namespace FinObs.Benchmarks.Streaming;

/// <summary>Many readers of the stream in one process: plain sockets that look for the ids of transactions in what they get.</summary>
internal sealed class StreamReaders : IAsyncDisposable
{
    private const int BufferSize = 4 * 1024;

    /// <summary>Every transaction of the measurement has an id of this length.</summary>
    private const int IdLength = 12;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _reading = [];
    private readonly ConcurrentDictionary<string, long> _answeredAt;
    private readonly ConcurrentBag<LatencyHistogram> _delays = [];
    private long _received;

    private StreamReaders(ConcurrentDictionary<string, long> answeredAt) => _answeredAt = answeredAt;

    /// <summary>Events that readers have got, all together.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Opens them all; each has got its first bytes.</summary>
    /// <param name="port">Of the data plane.</param>
    /// <param name="count">How many.</param>
    /// <param name="sentAt">When each transaction was sent, by its id.</param>
    public static async Task<StreamReaders> OpenAsync(int port, int count, ConcurrentDictionary<string, long> sentAt)
    {
        StreamReaders readers = new(sentAt);
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET /webhooks/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            readers._reading.Add(readers.ReadAsync(socket));
        }

        return readers;
    }

    /// <summary>From the POST of a transaction to each reader's copy of its event.</summary>
    public LatencyHistogram Delays()
    {
        LatencyHistogram all = new();
        foreach (LatencyHistogram one in _delays)
        {
            all.Add(one);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading);
        _stop.Dispose();
    }

    private async Task ReadAsync(Socket socket)
    {
        LatencyHistogram delays = new();
        _delays.Add(delays);
        byte[] buffer = new byte[BufferSize];
        int kept = 0;
        using (socket)
        {
            try
            {
                while (true)
                {
                    int read = await socket.ReceiveAsync(buffer.AsMemory(kept), _stop.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    kept = Take(buffer, kept + read, delays);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The measurement is over.
            }
        }
    }

    /// <summary>Records every whole id; returns how many bytes of a possible beginning are kept.</summary>
    private int Take(byte[] buffer, int length, LatencyHistogram delays)
    {
        ReadOnlySpan<byte> mark = "\"transaction_id\":\""u8;
        long now = Stopwatch.GetTimestamp();
        int at = 0;
        while (true)
        {
            int found = buffer.AsSpan(at, length - at).IndexOf(mark);
            int id = at + found + mark.Length;
            if (found < 0 || id + IdLength > length)
            {
                int from = found < 0 ? Math.Max(at, length - mark.Length) : at + found;
                buffer.AsSpan(from, length - from).CopyTo(buffer);
                return length - from;
            }

            if (_answeredAt.TryGetValue(Encoding.ASCII.GetString(buffer, id, IdLength), out long sent))
            {
                delays.Record(Stopwatch.GetElapsedTime(sent, now));
                Interlocked.Increment(ref _received);
            }

            at = id + IdLength;
        }
    }
}
