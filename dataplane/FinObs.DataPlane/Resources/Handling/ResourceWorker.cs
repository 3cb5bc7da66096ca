using System.Collections.Frozen;
using System.Diagnostics;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Resources.Handling;

/// <summary>
/// Makes the resources in force so: at start all of them, then whatever changes, here or in another replica. Changes are heard of; a look at the tables
/// every few seconds finds what was not heard.
/// </summary>
internal sealed partial class ResourceWorker(
    ResourceCatalogue catalogue, ResourceWork work, IEnumerable<IResourceHandler> handlers, ResourceDrain drain, SecretVault vault, ChangeSignal changes,
    IOptions<ChangeOptions> options, TimeProvider time, ILogger<ResourceWorker> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private const string Step = "finobs.resources.apply";
    private static readonly TimeSpan DrainPeriod = TimeSpan.FromSeconds(1);

    private readonly FrozenDictionary<string, IResourceHandler> _handlers = handlers.ToFrozenDictionary(handler => handler.Kind);
    private readonly SemaphoreSlim _slots = new(AtOnce, AtOnce);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await catalogue.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = changes.Next;
            await LookAsync(stoppingToken);
            TimeSpan untilDue = work.NextDue() - time.GetUtcNow(), period = options.Value.PollPeriod;
            await Signal.WaitAsync(woken, untilDue < period ? (untilDue > TimeSpan.Zero ? untilDue : TimeSpan.Zero) : period, time, stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            ResourceSnapshot snapshot = await catalogue.RefreshAsync(cancellationToken);
            foreach (StoredResource gone in work.Note(snapshot, time.GetUtcNow()))
            {
                _handlers.GetValueOrDefault(gone.Key.Kind)?.Forget(gone);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Unread(logger, exception);
        }

        while (_slots.CurrentCount > 0 && work.TryTake(time.GetUtcNow(), out StoredResource? resource))
        {
            await _slots.WaitAsync(cancellationToken);
            _ = Task.Run(() => RunAsync(resource, cancellationToken), cancellationToken);
        }
    }

    private async Task RunAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        // Another time, and perhaps another replica than the change itself: a span of its own, linked to the change's.
        ActivityLink[] links = ActivityContext.TryParse(resource.Row.Traceparent, traceState: null, out ActivityContext change) ? [new ActivityLink(change)] : [];
        using Activity? span = FinObsTelemetry.Source.StartActivity(Step, ActivityKind.Internal, parentContext: default, links: links);
        span?.SetTag("finobs.resource", resource.Key.ToString());
        try
        {
            TimeSpan? again = await MakeSoAsync(resource, cancellationToken);
            work.Done(resource, time.GetUtcNow() + again);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops; the next one begins with all of them.
        }
        catch (Exception exception)
        {
            TimeSpan pause = work.Failed(resource, time.GetUtcNow());
            Failed(logger, resource.Key, pause.TotalSeconds, exception);
        }
        finally
        {
            _slots.Release();
            changes.Raise();
        }
    }

    private async Task<TimeSpan?> MakeSoAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        if (resource.Row.Deleting)
        {
            return await drain.TryAsync(resource, cancellationToken) ? null : DrainPeriod;
        }

        if (resource.Spec.Suspend || !_handlers.TryGetValue(resource.Key.Kind, out IResourceHandler? handler))
        {
            return null;
        }

        return await handler.ApplyAsync(resource, await vault.OpenAsync(resource.Key, cancellationToken), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The resources could not be read; they are read again in a moment.")]
    private static partial void Unread(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource} could not be made so; it is tried again in {PauseSeconds} s.")]
    private static partial void Failed(ILogger logger, ResourceKey resource, double pauseSeconds, Exception exception);
}
