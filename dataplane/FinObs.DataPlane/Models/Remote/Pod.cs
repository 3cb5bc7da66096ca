using System.Net;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>One server behind an address, how busy it is with us, and whether it is left alone for now.</summary>
internal sealed class Pod(string address, IPAddress ip, IInferenceClient client) : IDisposable
{
    private int _inFlight;
    private int _failures;
    private long _ejectedUntil;
    private volatile bool _retired;

    public string Address { get; } = address;

    public IPAddress Ip { get; } = ip;

    public IInferenceClient Client { get; } = client;

    public int InFlight => Volatile.Read(ref _inFlight);

    public bool IsEjected(DateTimeOffset now) => now.UtcTicks < Volatile.Read(ref _ejectedUntil);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0 && _retired)
        {
            Client.Dispose();
        }
    }

    public void Succeeded()
    {
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _ejectedUntil, 0);
    }

    /// <summary>Left alone from now on, twice as long with each failure in a row.</summary>
    public void Failed(DateTimeOffset now, TimeSpan first, TimeSpan longest)
    {
        int failures = Interlocked.Increment(ref _failures);
        double pause = Math.Min(first.TotalMilliseconds * Math.Pow(2, failures - 1), longest.TotalMilliseconds);
        Volatile.Write(ref _ejectedUntil, now.AddMilliseconds(pause).UtcTicks);
    }

    /// <summary>It is no longer one of the service's: what was begun is finished, then the connection closes.</summary>
    public void Dispose()
    {
        _retired = true;
        if (InFlight == 0)
        {
            Client.Dispose();
        }
    }
}
