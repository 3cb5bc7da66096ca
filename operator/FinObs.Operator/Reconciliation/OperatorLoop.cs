using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Reconciliation.Leadership;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Reconciliation;

/// <summary>The life of the operator: watch always; work while leading; on the way out finish, give the lease up, then stop watching.</summary>
internal sealed partial class OperatorLoop(
    IEnumerable<IInformer> informers,
    IEnumerable<IController> controllers,
    LeaderElection election,
    WriteFence fence,
    IOptions<LeaderOptions> leader,
    IOptions<ReconciliationOptions> options,
    TimeProvider time,
    ILogger<OperatorLoop> logger) : BackgroundService
{
    /// <summary>For the last request, which gives the lease up.</summary>
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(3);

    // All of them, made now: a controller hangs its indexes on the informers before these begin.
    private readonly IController[] _controllers = [.. controllers];
    private readonly IInformer[] _informers = [.. informers];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenSource watching = new();
        Task watches = Task.WhenAll(_informers.Select(informer => Task.Run(() => informer.RunAsync(watching.Token), CancellationToken.None)));
        try
        {
            await Task.WhenAll(_informers.Select(informer => informer.Synced)).WaitAsync(stoppingToken);
            LogSynced(logger, string.Join(", ", _informers.Select(informer => informer.Kind)));
            while (!stoppingToken.IsCancellationRequested) await LeadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop while waiting for the caches or for the lease.
        }
        finally
        {
            await watching.CancelAsync();
            await watches;
        }
    }

    /// <summary>One term, from taking the lease to losing it or giving it up.</summary>
    private async Task LeadAsync(CancellationToken stop)
    {
        if (!leader.Value.Enabled)
        {
            await WorkAsync(CancellationToken.None, stop);
            return;
        }

        using LeaderTerm term = await election.AcquireAsync(stop);
        using CancellationTokenSource renewing = new();
        Task renewal = election.RenewAsync(term, renewing.Token);
        fence.Open(term);
        OperatorTelemetry.LeadershipTaken();
        try
        {
            await WorkAsync(term.Lost, stop);
        }
        finally
        {
            OperatorTelemetry.LeadershipGivenUp();
            fence.Close();
            await renewing.CancelAsync();
            await renewal;
            using CancellationTokenSource limit = new(ReleaseTimeout, time);
            await election.ReleaseAsync(term, limit.Token);
        }

        if (!stop.IsCancellationRequested) LogLost(logger);
    }

    private async Task WorkAsync(CancellationToken lost, CancellationToken stop)
    {
        using CancellationTokenSource grace = new(Timeout.InfiniteTimeSpan, time);
        await using CancellationTokenRegistration begin = stop.Register(() => grace.CancelAfter(options.Value.StopTimeout));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop, lost);
        using CancellationTokenSource abort = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, lost);
        await Task.WhenAll(_controllers.Select(controller => controller.RunAsync(end.Token, abort.Token)));

        // A process without controllers leads all the same.
        if (_controllers.Length == 0) await Task.Delay(Timeout.InfiniteTimeSpan, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "Every cache is filled: {Kinds}.")]
    private static partial void LogSynced(ILogger logger, string kinds);

    [LoggerMessage(LogLevel.Warning, "The lease is lost; all work has stopped, and this process stands in line again.")]
    private static partial void LogLost(ILogger logger);
}
