using System.Net;
using System.Net.Sockets;
using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Load.Http;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>Clients that send and never read: ten that pipeline requests with long answers, two that stream NDJSON.</summary>
internal sealed class DeafClient : IFault
{
    private const int Pipelining = 10;
    private const int Streaming = 2;

    // Of a stream, so that its load is bounded whatever the server can take.
    private const int MostLines = 100_000;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public string Name => "clients that never read";

    public bool MayLoseConnections => false;

    public string? WhyNot(DatabaseKind kind) => null;

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        long before = load.Succeeded;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Length);
        byte[] request = BlockingConnection.Head("GET", "/v1/transactions?limit=500");
        Task<long>[] pipelines = [.. Enumerable.Range(0, Pipelining).Select(_ => PourAsync(rig.Port, [], request, int.MaxValue, end.Token))];
        Task<long>[] streams = [.. Enumerable.Range(0, Streaming).Select(i => StreamAsync(rig.Port, i, end.Token))];
        long pipelined = (await Task.WhenAll(pipelines)).Sum();
        long streamed = (await Task.WhenAll(streams)).Sum();
        return $"{(load.Succeeded - before) / Length.TotalSeconds:N0} a second were stored meanwhile, beside {streamed / 1e6:0.0} MB streamed and {pipelined / 1e3:N0} kB of requests pipelined";
    }

    private static Task<long> StreamAsync(int port, int index, CancellationToken end)
    {
        TransactionCorpus corpus = new(10_000, MostLines, TimeProvider.System.GetUtcNow());
        byte[] lines = corpus.TakeLines(500, index);
        byte[] chunk = [.. Encoding.ASCII.GetBytes($"{lines.Length:x}\r\n"), .. lines, .. "\r\n"u8];
        return PourAsync(port, BlockingConnection.Head("POST", $"/webhooks/transactions?source=deaf-{index}", "application/x-ndjson"), chunk, MostLines / 500, end);
    }

    /// <summary>Sends the same again and again, whole, as long as the server takes it; gives how many bytes it took.</summary>
    private static async Task<long> PourAsync(int port, byte[] first, byte[] repeated, int times, CancellationToken end)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        long sent = 0;
        try
        {
            sent += await socket.SendAsync(first, SocketFlags.None, end);
            for (int i = 0; i < times; i++)
            {
                ReadOnlyMemory<byte> rest = repeated;
                while (!rest.IsEmpty)
                {
                    int count = await socket.SendAsync(rest, SocketFlags.None, end);
                    rest = rest[count..];
                    sent += count;
                }

                await Task.Delay(Pause, TimeProvider.System, end);
            }

            await Task.Delay(Timeout.Infinite, end);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Time is up, or the server has had enough of one who does not read.
        }

        return sent;
    }
}
