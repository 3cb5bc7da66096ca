using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>Holds the leases of targets and runs a line for each that is ours.</summary>
internal sealed partial class DeliveryWorker(
    TargetLeases leases, CallbackEndpoints endpoints, EndpointSignal changed, LineServices services, TimeProvider time, ILogger<DeliveryWorker> logger) : BackgroundService
{
    private readonly Dictionary<ResourceKey, RunningLine> _lines = [];
    private DateTimeOffset _renewedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Task woken = changed.Next;
                await RenewAsync(stoppingToken);
                await Signal.WaitAsync(woken, leases.Length / 3, time, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll([.. _lines.Keys.Select(StopLineAsync)]);
            await ReleaseAllAsync();
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        HashSet<ResourceKey> mine;
        try
        {
            mine = await leases.RenewAsync([.. endpoints.Keys], cancellationToken);
            _renewedAt = time.GetUtcNow();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Unrenewed(logger, exception);
            if (time.GetUtcNow() - _renewedAt < leases.Length)
            {
                return;
            }

            // Another replica may serve them by now.
            mine = [];
        }

        ResourceKey[] lost = [.. _lines.Keys.Where(key => !mine.Contains(key))];
        await Task.WhenAll(lost.Select(StopLineAsync));
        foreach (ResourceKey key in mine.Where(key => !_lines.ContainsKey(key)))
        {
            CancellationTokenSource stop = new();
            TargetLine line = new(key, services, logger);
            _lines[key] = new RunningLine(stop, Task.Run(() => line.RunAsync(stop.Token), CancellationToken.None));
        }
    }

    private async Task StopLineAsync(ResourceKey key)
    {
        RunningLine line = _lines[key];
        await line.Stop.CancelAsync();
        await line.Running;
        line.Stop.Dispose();
        lock (_lines)
        {
            _lines.Remove(key);
        }

        await ReleaseAsync(key);
    }

    private async Task ReleaseAsync(ResourceKey key)
    {
        try
        {
            await leases.ReleaseAsync(key, CancellationToken.None);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Unrenewed(logger, exception);
        }
    }

    private async Task ReleaseAllAsync()
    {
        try
        {
            await leases.ReleaseAllAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Unrenewed(logger, exception);
        }
    }

    private sealed record RunningLine(CancellationTokenSource Stop, Task Running);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases of callback targets could not be renewed or given back; after their length another replica may serve the targets.")]
    private static partial void Unrenewed(ILogger logger, Exception exception);
}
