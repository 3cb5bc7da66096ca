using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>
/// Keeps a cache like one namespace of the server (or all of them): lists once, then watches on and on from where it stands. Only
/// where the server has forgotten that version (410, as an answer or in mid-watch) it lists again.
/// </summary>
internal sealed partial class Reflector<T>(
    ResourceClient<T> client, ResourceSelection selection, ResourceCache<T> cache, WatchOptions options, Jitter jitter, LoopHealth health, TimeProvider time, ILogger logger)
    where T : class
{
    /// <summary>How much longer than asked for a watch may last before it counts as dead: the server ends it, not we.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private static readonly string Kind = ResourceKind<T>.Instance.Kind;

    private readonly string _scope = selection.Namespace ?? "";
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once the first list is in the cache.</summary>
    public Task Synced => _synced.Task;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Backoff backoff = new(options.FirstRetry, options.LongestRetry);
        string? version = null;
        int failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (version is null)
                {
                    version = await ListAsync(cancellationToken);
                    failures = 0;
                }

                await foreach (WatchEvent<T> happened in WatchAsync(version, cancellationToken))
                {
                    Take(happened);
                    version = happened.ResourceVersion;
                    failures = 0;
                }

                OperatorTelemetry.WatchRestarted(Kind, "ended");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException e) when (e.IsGone)
            {
                LogGone(logger, Kind, version ?? "");
                OperatorTelemetry.WatchRestarted(Kind, "gone");
                version = null;
                failures++;
                // The first relist goes at once: what happened meanwhile is unknown until then.
                if (failures > 1) await Task.Delay(backoff.Delay(failures, jitter), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                TimeSpan wait = backoff.Delay(++failures, jitter);
                LogFailed(logger, e, Kind, _scope, wait);
                OperatorTelemetry.WatchRestarted(Kind, "failed");
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        using IDisposable alive = health.Enter($"list of {Kind}", TimeSpan.FromMinutes(5));
        ResourceList<T> list = await client.ListAsync(selection, cancellationToken);
        cache.Replace(_scope, list);
        _synced.TrySetResult();
        return list.ResourceVersion;
    }

    private async IAsyncEnumerable<WatchEvent<T>> WatchAsync(string version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TimeSpan length = options.WatchLength * (1 + jitter.Next());
        using IDisposable alive = health.Enter($"watch of {Kind}", length + Grace + Grace);
        using CancellationTokenSource dead = new(length + Grace, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, dead.Token);
        await foreach (WatchEvent<T> happened in client.WatchAsync(selection, version, length, either.Token))
        {
            yield return happened;
        }
    }

    private void Take(WatchEvent<T> happened)
    {
        switch (happened)
        {
            case { Type: WatchEventType.Deleted, Object: { } last }:
                cache.Remove(_scope, last);
                break;
            case { Object: { } resource }:
                cache.Put(_scope, resource);
                break;
            default:
                cache.Bookmark(_scope, happened.ResourceVersion);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "The watch of {Kind} cannot go on from version {Version}: the server has forgotten it. Listing again.")]
    private static partial void LogGone(ILogger logger, string kind, string version);

    [LoggerMessage(LogLevel.Warning, "Listing or watching {Kind} in '{Scope}' failed; trying again in {Wait}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string kind, string scope, TimeSpan wait);
}
