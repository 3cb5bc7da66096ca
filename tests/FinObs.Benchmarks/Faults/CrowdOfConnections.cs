using System.Net;
using System.Net.Sockets;
using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>1,000 connections that say nothing and 200 that say one byte a second, half of them in a head and half in a body.</summary>
internal sealed class CrowdOfConnections : IFault
{
    private const int Idle = 1_000;
    private const int Slow = 200;

    // Longer than what the server gives a head (30 s) and a body (240 bytes a second after 5 s).
    private const int Seconds = 36;

    public string Name => "1,000 idle and 200 slow-loris connections";

    public bool MayLoseConnections => false;

    public string? WhyNot(DatabaseKind kind) => null;

    public async Task<string> StrikeAsync(LoadRig rig, SingleLoad load, CancellationToken cancellationToken)
    {
        long before = load.Succeeded;
        List<Socket> idle = [.. Enumerable.Range(0, Idle).Select(_ => Connect(rig.Port))];
        List<Socket> slow = [.. Enumerable.Range(0, Slow).Select(_ => Connect(rig.Port))];
        foreach (Socket body in slow.Take(Slow / 2))
        {
            body.Send("POST /webhooks/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"u8);
        }

        byte[] head = Encoding.ASCII.GetBytes("POST /webhooks/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        using PeriodicTimer second = new(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (int i = 0; i < Seconds && await second.WaitForNextTickAsync(cancellationToken); i++)
        {
            slow.ForEach(socket => socket.Send(head, i, 1, SocketFlags.None, out SocketError _));
        }

        int closed = slow.Count(IsClosed);
        idle.Concat(slow).ToList().ForEach(socket => socket.Dispose());
        return $"{(load.Succeeded - before) / (double)Seconds:N0} a second were stored meanwhile; {closed} of {Slow} slow ones were closed by the server within {Seconds} s";
    }

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        socket.Blocking = false;
        return socket;
    }

    /// <summary>An answer of 408 may wait before the end.</summary>
    private static bool IsClosed(Socket socket)
    {
        byte[] answer = new byte[4096];
        while (true)
        {
            int count = socket.Receive(answer, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock || count == 0 || error != SocketError.Success)
            {
                return error != SocketError.WouldBlock;
            }
        }
    }
}
