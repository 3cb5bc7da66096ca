using System.Net;
using System.Net.Sockets;

namespace FinObs.Testing;

/// <summary>
/// A free TCP port of the loopback interface. Taken below the range which the kernel hands out for outgoing connections
/// (32768 up on Linux), so that a port stays free while a killed process that used it is started again.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    // Test processes run side by side: each begins its search somewhere else.
    private static int _next = Environment.ProcessId * 101;

    public static int Next()
    {
        for (int i = 0; i < Count; i++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {First + Count - 1}.");
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
