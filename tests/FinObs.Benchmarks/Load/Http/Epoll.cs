using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FinObs.Benchmarks.Load.Http;

/// <summary>
/// Linux's epoll: which of many sockets can be read, asked by one thread at a cost that does not grow with their number. The runtime's own
/// sockets would give each answer to a thread of the pool, which takes a processor from the server that shares it.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 0x001;

    // struct epoll_event is packed on x64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly byte[] _events = new byte[256 * EventSize];
    private readonly int _epoll = Check(epoll_create1(0));

    public void Watch(nint socket, int tag)
    {
        byte[] wanted = new byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, Readable);
        BinaryPrimitives.WriteInt32LittleEndian(wanted.AsSpan(DataOffset), tag);
        Check(epoll_ctl(_epoll, Add, (int)socket, wanted));
    }

    public void Forget(nint socket) => _ = epoll_ctl(_epoll, Delete, (int)socket, _events);

    /// <summary>Tags of the sockets that can be read or are gone; waits at most so long for the first.</summary>
    public int Wait(int milliseconds, Span<int> tags)
    {
        int count = epoll_wait(_epoll, _events, Math.Min(tags.Length, _events.Length / EventSize), milliseconds);
        for (int i = 0; i < count; i++)
        {
            tags[i] = BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((i * EventSize) + DataOffset));
        }

        // Interrupted by a signal: nothing yet.
        return Math.Max(0, count);
    }

    public void Dispose() => _ = close(_epoll);

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(int epoll, int operation, int socket, byte[] wanted);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_wait(int epoll, byte[] events, int count, int milliseconds);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
