using System.Net;
using System.Net.Sockets;
using FinObs.DataPlane.Access;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>
/// The pods behind a list of addresses. A name is resolved again every few seconds and after a failure; each of its addresses is a pod with
/// connections of its own, so that a call goes to the pod that it was meant for.
/// </summary>
internal sealed class PodPool : IDisposable
{
    private readonly RemoteOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string?> _key;
    private readonly Lock _gate = new();
    private volatile Pod[] _pods = [];
    private volatile RemoteEndpoints _endpoints;
    private volatile Task _resolving = Task.CompletedTask;
    private long _resolvedAt = long.MinValue;
    private uint _turn;

    public PodPool(RemoteEndpoints endpoints, RemoteOptions options, TimeProvider time)
    {
        _endpoints = endpoints;
        _options = options;
        _time = time;
        SecretFile? file = options.ApiKeyFile is { } path ? new SecretFile(path, time) : null;
        _key = () => endpoints.External is not null || endpoints.BearerToken is not null ? endpoints.BearerToken : (file?.Lines() is [string first, ..] ? first : null);
    }

    /// <summary>Other addresses from the next call on; pods that stay keep their connections.</summary>
    public void Use(RemoteEndpoints endpoints)
    {
        _endpoints = endpoints;
        Volatile.Write(ref _resolvedAt, long.MinValue);
    }

    /// <summary>Of the pods that are neither ejected nor tried already the one least busy, in turn where they are equal; null where there is none.</summary>
    public async ValueTask<Pod?> PickAsync(IReadOnlyCollection<Pod> tried)
    {
        await RefreshAsync();
        Pod[] pods = _pods;
        DateTimeOffset now = _time.GetUtcNow();
        uint turn = Interlocked.Increment(ref _turn);
        Pod? best = null;
        for (int i = 0; i < pods.Length; i++)
        {
            Pod pod = pods[(turn + i) % pods.Length];
            if (!pod.IsEjected(now) && !tried.Contains(pod) && (best is null || pod.InFlight < best.InFlight))
            {
                best = pod;
            }
        }

        return best;
    }

    public void Eject(Pod pod)
    {
        pod.Failed(_time.GetUtcNow(), TimeSpan.FromMilliseconds(_options.EjectionMilliseconds), TimeSpan.FromMilliseconds(_options.LongestEjectionMilliseconds));
        RemoteMetrics.Ejected();

        // Where one pod is gone another has often come.
        Volatile.Write(ref _resolvedAt, long.MinValue);
    }

    public void Dispose()
    {
        foreach (Pod pod in _pods)
        {
            pod.Dispose();
        }
    }

    /// <summary>Waits for names only where there is nothing to go on with: a slow name server must not slow down scoring.</summary>
    private Task RefreshAsync()
    {
        long resolvedAt = Volatile.Read(ref _resolvedAt);
        bool stale = resolvedAt == long.MinValue || _time.GetElapsedTime(resolvedAt) > TimeSpan.FromSeconds(_options.ResolveSeconds);
        if (stale)
        {
            lock (_gate)
            {
                if (_resolving.IsCompleted)
                {
                    Volatile.Write(ref _resolvedAt, _time.GetTimestamp());
                    _resolving = ResolveAsync(_endpoints);
                }
            }
        }

        return _pods.Length == 0 ? _resolving : Task.CompletedTask;
    }

    private async Task ResolveAsync(RemoteEndpoints endpoints)
    {
        List<(string Address, IPAddress Ip)> found = [];
        foreach (string address in endpoints.Addresses)
        {
            foreach (IPAddress ip in await AddressesOfAsync(new Uri(address).DnsSafeHost))
            {
                if (endpoints.Allow?.Invoke(ip) != false)
                {
                    found.Add((address, ip));
                }
            }
        }

        // A name server that is away for a moment takes no pod away.
        if (found.Count == 0)
        {
            return;
        }

        Pod[] before = _pods;
        _pods = [.. found.Distinct().Select(pair => before.FirstOrDefault(pod => pod.Address == pair.Address && pod.Ip.Equals(pair.Ip)) ?? Create(endpoints, pair.Address, pair.Ip))];
        foreach (Pod gone in before.Except(_pods))
        {
            gone.Dispose();
        }
    }

    /// <summary>A host with addresses of both families is one pod, not two.</summary>
    private static async Task<IPAddress[]> AddressesOfAsync(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return [literal];
        }

        try
        {
            IPAddress[] all = await Dns.GetHostAddressesAsync(host);
            IPAddress[] four = [.. all.Where(ip => ip.AddressFamily == AddressFamily.InterNetwork)];
            return four.Length > 0 ? four : all;
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private Pod Create(RemoteEndpoints endpoints, string address, IPAddress ip)
    {
        Uri uri = new(address);
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            ConnectTimeout = TimeSpan.FromMilliseconds(_options.TryTimeoutMilliseconds),
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(new IPEndPoint(ip, uri.Port), cancellationToken),
        };
        return new Pod(address, ip, endpoints.Protocol == RemoteProtocol.Grpc ? new GrpcInferenceClient(uri, handler, _key) : new RestInferenceClient(uri, handler, _key));
    }

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        Socket socket = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
