using System.Diagnostics;

namespace FinObs.Benchmarks.Load;

/// <summary>
/// When requests are due. At a fixed rate they are due whatever the answers do, so that a server that stands still is not spared the requests
/// which it kept waiting; what has waited for a second is given up, as somebody at the other end would.
/// </summary>
/// <param name="requestsPerSecond">Null: always now.</param>
internal sealed class Pace(double? requestsPerSecond)
{
    private static readonly long Patience = Stopwatch.Frequency;

    private long _start, _begun;

    /// <summary>Given up before they were sent.</summary>
    public long Shed { get; private set; }

    public void Start(long now) => _start = now;

    /// <summary>When the next request was due; null when it is not due yet. Times are of <see cref="Stopwatch"/>.</summary>
    public long? Next(long now)
    {
        if (requestsPerSecond is not { } rate)
        {
            return now;
        }

        long due = DueOf(_begun + Shed, rate);
        if (now - due > Patience)
        {
            Shed += (long)((now - due) / (double)Stopwatch.Frequency * rate);
            due = DueOf(_begun + Shed, rate);
        }

        if (due > now)
        {
            return null;
        }

        _begun++;
        return due;
    }

    private long DueOf(long number, double rate) => _start + (long)(number / rate * Stopwatch.Frequency);
}
