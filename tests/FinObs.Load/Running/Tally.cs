using FinObs.Benchmarks.Load;

namespace FinObs.Load.Running;

/// <summary>What became of one request.</summary>
/// <param name="Arrival">When it was due.</param>
/// <param name="Latency">From when it was due until the answer's last byte; zero where it was not sent.</param>
/// <param name="Cause">Why it counts as an error; null = it was answered well.</param>
internal readonly record struct Ending(Arrival Arrival, TimeSpan Latency, string? Cause);

/// <summary>Counts of some requests: how long those took that were answered well, and why the others were not.</summary>
internal sealed class Tally
{
    public LatencyHistogram Latencies { get; } = new();

    public SortedDictionary<string, long> Causes { get; } = new(StringComparer.Ordinal);

    public long Due { get; private set; }

    public long Errors { get; private set; }

    public double ErrorShare => Due == 0 ? 0 : Errors / (double)Due;

    public void Add(Ending ending)
    {
        Due++;
        if (ending.Cause is { } cause)
        {
            Errors++;
            Causes[cause] = Causes.GetValueOrDefault(cause) + 1;
        }
        else
        {
            Latencies.Record(ending.Latency);
        }
    }
}

/// <summary>One second of a run.</summary>
internal sealed class Second
{
    /// <summary>Due in it.</summary>
    public long Due { get; set; }

    /// <summary>Answered well in it, whenever due.</summary>
    public long Answered { get; set; }

    public long Errors { get; set; }

    /// <summary>Of those due in it.</summary>
    public LatencyHistogram Latencies { get; } = new();
}
