using System.Diagnostics;
using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Operator.Reconciliation.Queue;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Reconciliation;

/// <summary>A controller, whatever its kind.</summary>
internal interface IController
{
    /// <summary>Works until <paramref name="stop"/>: then nothing new is begun. What is under way goes on until <paramref name="abort"/>.</summary>
    Task RunAsync(CancellationToken stop, CancellationToken abort);
}

/// <summary>Calls the reconciler of one kind: for every object at the start of a term, then for whichever changed, and each once a period.</summary>
internal sealed partial class Controller<T> : IController
    where T : class
{
    private static readonly ResourceKind<T> Kind = ResourceKind<T>.Instance;

    private readonly IReconciler<T> _reconciler;
    private readonly Resources<T> _resources;
    private readonly ReconciliationOptions _options;
    private readonly Jitter _jitter;
    private readonly LoopHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile WorkQueue<ResourceKey>? _queue;

    public Controller(
        IReconciler<T> reconciler,
        Informer<T> informer,
        Resources<T> resources,
        IOptions<ReconciliationOptions> options,
        Jitter jitter,
        LoopHealth health,
        TimeProvider time,
        ILogger<Controller<T>> logger)
    {
        (_reconciler, Informer, _resources, _options, _jitter, _health, _time, _logger) = (reconciler, informer, resources, options.Value, jitter, health, time, logger);
        Informer.Cache.OnChange(OnChanged);
        OperatorTelemetry.WatchQueue(Kind.Kind, () => _queue?.Depth ?? 0);
    }

    public Informer<T> Informer { get; }

    /// <summary>Look at these soon. Without a term nothing is noted: a term begins with all of them.</summary>
    public void Enqueue(IEnumerable<ResourceKey> keys)
    {
        if (_queue is not { } queue) return;
        foreach (ResourceKey key in keys) queue.Add(key);
    }

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using WorkQueue<ResourceKey> queue = new(new Backoff(_options.FirstRetry, _options.LongestRetry), _jitter, _time);
        _queue = queue;
        try
        {
            Enqueue(_resources.All().Select(resource => Kind.Meta(resource).Key));
            await Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(_ => Task.Run(() => WorkAsync(queue, stop, abort), CancellationToken.None)));
        }
        finally
        {
            _queue = null;
        }
    }

    private void OnChanged(ResourceChange<T> change)
    {
        if (change is { Before: { } before, After: { } after } && !Kind.Meta(after).AsksForMoreThan(Kind.Meta(before))) return;
        Enqueue([Kind.Meta((change.After ?? change.Before)!).Key]);
    }

    private async Task WorkAsync(WorkQueue<ResourceKey> queue, CancellationToken stop, CancellationToken abort)
    {
        while (!stop.IsCancellationRequested)
        {
            ResourceKey key;
            try
            {
                key = await queue.TakeAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await WorkAsync(queue, key, abort);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task WorkAsync(WorkQueue<ResourceKey> queue, ResourceKey key, CancellationToken abort)
    {
        long begun = _time.GetTimestamp();
        using Activity? span = OperatorTelemetry.Source.StartActivity("finobs.operator.reconcile");
        span?.SetTag("k8s.kind", Kind.Kind).SetTag("k8s.namespace.name", key.Namespace).SetTag("k8s.object.name", key.Name);
        using IDisposable alive = _health.Enter($"reconcile of {Kind.Kind} {key}", _options.ReconcileTimeout * 2);
        using CancellationTokenSource limit = new(_options.ReconcileTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(abort, limit.Token);
        string outcome = "done";
        try
        {
            ReconcileResult result = await ReconcileAsync(key, either.Token);
            queue.Forget(key);
            if (result.RequeueAfter is not null) outcome = "requeued";
            TimeSpan resync = _jitter.Around(_options.ResyncPeriod, 0.1);
            if (_resources.Find(key) is not null) queue.AddAfter(key, result.RequeueAfter is { } after && after < resync ? after : resync);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            outcome = "cancelled";
        }
        catch (NotLeadingException)
        {
            outcome = "cancelled";
        }
        catch (ApiException e) when (e.IsConflict)
        {
            outcome = "conflict";
            LogConflict(_logger, Kind.Kind, key, queue.AddFailed(key), e.Message);
        }
        catch (Exception e)
        {
            outcome = "error";
            span?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            LogFailed(_logger, e, Kind.Kind, key, queue.AddFailed(key));
        }
        finally
        {
            span?.SetTag("finobs.result", outcome);
            OperatorTelemetry.Reconciled(Kind.Kind, outcome, _time.GetElapsedTime(begun));
        }
    }

    private async Task<ReconcileResult> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (_resources.Find(key) is not { } resource)
        {
            _reconciler.Deleted(key);
            return ReconcileResult.Done;
        }

        ResourceMeta meta = Kind.Meta(resource);
        bool isHeld = _reconciler.Finalizer is { } name && meta.Finalizers.Contains(name);
        if (meta.IsDeleting)
        {
            if (!isHeld) return ReconcileResult.Done;
            ReconcileResult result = await _reconciler.FinalizeAsync(resource, cancellationToken);
            if (result.RequeueAfter is null) await SetFinalizersAsync(key, finalizers => finalizers.Where(finalizer => finalizer != _reconciler.Finalizer), cancellationToken);
            return result;
        }

        if (_reconciler.Finalizer is { } wanted && !isHeld)
        {
            resource = await SetFinalizersAsync(key, finalizers => finalizers.Append(wanted), cancellationToken);
        }

        return await _reconciler.ReconcileAsync(resource, cancellationToken);
    }

    /// <summary>From the newest copy: finalizing may have written the status meanwhile.</summary>
    private Task<T> SetFinalizersAsync(ResourceKey key, Func<IEnumerable<string>, IEnumerable<string>> change, CancellationToken cancellationToken)
    {
        T newest = _resources.Find(key) ?? throw new OperationCanceledException($"{Kind.Kind} {key} is gone.");
        JsonArray finalizers = [.. change(Kind.Meta(newest).Finalizers).Select(finalizer => (JsonNode?)JsonValue.Create(finalizer))];
        return _resources.MergeAsync(newest, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } }, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Kind} {Key} was changed by somebody else meanwhile; looking again in {Wait}. {Why}")]
    private static partial void LogConflict(ILogger logger, string kind, ResourceKey key, TimeSpan wait, string why);

    [LoggerMessage(LogLevel.Error, "Reconciling {Kind} {Key} failed; trying again in {Wait}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string kind, ResourceKey key, TimeSpan wait);
}
