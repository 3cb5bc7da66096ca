using System.Collections.Concurrent;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Pulls;

/// <summary>Runs sources when their time comes, in whichever replica is first. A run belongs to a source alone; how many go on at once is bounded.</summary>
internal sealed partial class PullWorker(
    PullStore store, PullRunner runner, PreparedSources sources, ResourceCatalogue catalogue, PullSignal signal, IOptions<PullOptions> options, TimeProvider time, ILogger<PullWorker> logger) : BackgroundService
{
    private static readonly TimeSpan ForgetPeriod = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, Task> _running = [];
    private DateTimeOffset _forgotten = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Task woken = signal.Next;
                TimeSpan pause = await LookAsync(stoppingToken);
                await Signal.WaitAsync(woken, pause, time, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values);
        }
    }

    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        TimeSpan period = options.Value.PollPeriod;
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach (PullSourceRow row in await store.DueAsync(now, cancellationToken))
            {
                if (_running.Count >= options.Value.RunsAtOnce)
                {
                    return period; // a run that ends wakes us
                }

                await TryStartAsync(row, now, cancellationToken);
            }

            await TidyAsync(now, cancellationToken);
            TimeSpan untilDue = (await store.NextDueAsync(now, cancellationToken) ?? now + period) - now;
            return untilDue < period ? untilDue : period;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Unread(logger, exception);
            return period;
        }
    }

    private async Task TryStartAsync(PullSourceRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ResourceKey key = new(row.Namespace, ResourceKinds.PullSource.Name, row.Name);
        if (sources[key] is not { } source || source.Resource.Row.Version != row.Revision || catalogue.Current.Find(key) is not { Row.Deleting: false, Spec.Suspend: false })
        {
            return;
        }

        // A lease that ends later than one can last was written before the clock was put back.
        bool isHeld = row.LeaseOwner is not null && row.LeaseUntil > now && row.LeaseUntil <= now + (2 * options.Value.LeaseLength);
        if (isHeld && source.Spec.ConcurrencyPolicy == PullConcurrency.Forbid)
        {
            return;
        }

        if (await store.TakeAsync(row, now + options.Value.LeaseLength, source.Times.Next(now, now), cancellationToken) is not { } lease)
        {
            return;
        }

        Task run = Task.Run(() => runner.RunAsync(lease, row, source, cancellationToken), CancellationToken.None);
        _running[lease.Owner] = run;
        _ = run.ContinueWith(
            _ =>
            {
                _running.TryRemove(lease.Owner, out Task? _);
                signal.Raise();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Forgets what is old, and pulls in what is due later than it can be: then the clock was put back.</summary>
    private async Task TidyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _forgotten < ForgetPeriod && now >= _forgotten)
        {
            return;
        }

        _forgotten = now;
        TimeSpan retention = options.Value.Retention;
        await store.ForgetAsync(now - retention, cancellationToken);
        if (await store.ExpireAsync(now - retention, retention, cancellationToken) is > 0 and int expired)
        {
            Expired(logger, expired, retention.TotalDays);
        }

        foreach (PreparedSource source in sources.All)
        {
            await store.PullInAsync(source.Key, source.Times.Latest(now), source.Times.First(now), cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} items of quarantines went for good: nobody had settled them within {Days} days.")]
    private static partial void Expired(ILogger logger, int count, double days);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sources that are due could not be read; they are read again in a moment.")]
    private static partial void Unread(ILogger logger, Exception exception);
}
