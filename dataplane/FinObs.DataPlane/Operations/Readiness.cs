using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Operations;

/// <summary>What must be so before the first request: schema, then a model to decide with.</summary>
internal sealed class Readiness(Migrator migrator, ModelStartup models) : IHostedService
{
    private volatile bool _ready;

    public bool IsReady => _ready;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await migrator.MigrateAsync(cancellationToken);
        await models.PrepareAsync(cancellationToken);
        _ready = true;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ready = false;
        return Task.CompletedTask;
    }
}
