using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>
/// On the order to stop: not ready at once, and then as long as callers may need to hear of it everything is answered as before. Only then
/// the server closes its ports. (Hosted services are told that the host is stopping before any of them is stopped, the server included.)
/// </summary>
internal sealed class ScorerDrain(ScorerState state, IOptions<ScorerOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        TimeSpan drain = TimeSpan.FromSeconds(options.Value.DrainSeconds);
        Task over = Task.Delay(drain, time, cancellationToken);
        state.Become(ScorerReason.Draining, $"Told to stop; answers for {drain.TotalSeconds:0} s more.");
        await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
