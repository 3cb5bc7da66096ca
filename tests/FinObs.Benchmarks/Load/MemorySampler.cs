namespace FinObs.Benchmarks.Load;

/// <summary>Looks at a process's resident memory, and at how far the work is, twice a second until it is disposed.</summary>
internal sealed class MemorySampler : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int> _process;
    private readonly Func<long> _progress;
    private readonly List<Sample> _samples = [];
    private readonly Task _loop;

    /// <param name="process">Which process: asked each time, because it may be replaced by another.</param>
    /// <param name="progress">How much is done, e.g. transactions.</param>
    public MemorySampler(Func<int> process, Func<long> progress)
    {
        (_process, _progress) = (process, progress);
        _loop = LoopAsync();
    }

    /// <summary>In the order of time; complete once disposed.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    public double Peak => _samples.Select(sample => sample.Megabytes).DefaultIfEmpty().Max();

    /// <summary>E.g. <c>310 → 322 → 318 MB</c>: means of equal parts of the time.</summary>
    public string Course(int parts) => _samples.Count < parts
        ? "too short to tell"
        : string.Join(" → ", Enumerable.Range(0, parts).Select(i => $"{PartOf(i, parts).Average(sample => sample.Megabytes):0}")) + " MB";

    /// <summary>Least squares over the second half of the work: MB for each 100,000 done.</summary>
    public double SlopePer100000()
    {
        Sample[] half = [.. _samples.Where(sample => sample.Done >= _samples[^1].Done / 2)];
        (double meanX, double meanY) = (half.Average(sample => sample.Done / 1e5), half.Average(sample => sample.Megabytes));
        double variance = half.Sum(sample => Math.Pow((sample.Done / 1e5) - meanX, 2));
        return variance == 0 ? 0 : half.Sum(sample => ((sample.Done / 1e5) - meanX) * (sample.Megabytes - meanY)) / variance;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private IEnumerable<Sample> PartOf(int part, int parts) => _samples.Skip(_samples.Count * part / parts).Take((_samples.Count * (part + 1) / parts) - (_samples.Count * part / parts));

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(Period, TimeProvider.System);
        try
        {
            do
            {
                if (ResidentMemory.Of(_process()) is > 0 and var megabytes)
                {
                    _samples.Add(new Sample(_progress(), megabytes));
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    internal readonly record struct Sample(long Done, double Megabytes);
}
