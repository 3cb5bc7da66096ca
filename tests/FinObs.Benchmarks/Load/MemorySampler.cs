namespace FinObs.Benchmarks.Load;

/// <summary>Looks at a process's resident memory twice a second until it is disposed.</summary>
internal sealed class MemorySampler : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int> _process;
    private readonly List<double> _samples = [];
    private readonly Task _loop;

    /// <param name="process">Which process: asked each time, because it may be replaced by another.</param>
    public MemorySampler(Func<int> process)
    {
        _process = process;
        _loop = LoopAsync();
    }

    /// <summary>MB, in the order of time; complete once disposed.</summary>
    public IReadOnlyList<double> Samples => _samples;

    public double Peak => _samples.DefaultIfEmpty().Max();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(Period, TimeProvider.System);
        try
        {
            do
            {
                if (ResidentMemory.Of(_process()) is > 0 and var megabytes)
                {
                    _samples.Add(megabytes);
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
