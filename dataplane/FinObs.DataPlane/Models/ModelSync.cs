using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models;

/// <summary>Keeps what this process scores with at what the tables say, whichever replica wrote them: the routes, and the pods that are ready.</summary>
internal sealed partial class ModelSync(
    ModelRegistry registry, ModelRouter router, ReadinessFollower readiness, ChangeSignal changes, IOptions<ChangeOptions> options, TimeProvider time, ILogger<ModelSync> logger) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string[]? _followed;

    /// <summary>Loads and follows the routes as they are now, where they are others than before.</summary>
    public async Task FollowRoutesAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            List<RouteRecord> routes = await registry.RoutesAsync(cancellationToken);
            string[] keys = [.. routes.Select(route => route.Key)];
            if (_followed is not null ? !keys.SequenceEqual(_followed, StringComparer.Ordinal) : !routes.All(IsFollowed))
            {
                await router.RefreshAsync(cancellationToken);
            }

            _followed = keys;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = changes.Next;
            try
            {
                await FollowRoutesAsync(stoppingToken);
                await readiness.FollowAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.PollPeriod, time, stoppingToken);
        }
    }

    /// <summary>The start has loaded this one already.</summary>
    private bool IsFollowed(RouteRecord route) =>
        route is { Split: null, Stable: { } target }
        && router.Route(route.Namespace) is { Identity: var identity } && identity.Digest == target.Digest
        && identity.Thresholds.ReviewAt == target.ReviewAt && identity.Thresholds.BlockAt == target.BlockAt;

    [LoggerMessage(Level = LogLevel.Error, Message = "Routes and readiness could not be read; this process goes on with those it has, and reads them again in a moment.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
