using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Operations;

/// <summary>What must be so before the first request: schema, then a model and rules to decide with, then one transaction rehearsed with it.</summary>
internal sealed class Readiness(Migrator migrator, LedgerUnitsGuard units, ModelStartup models, RuleBook rules, ListEntries lists, Rehearsal rehearsal) : IHostedService
{
    private volatile bool _ready;

    public bool IsReady => _ready;

    public Task StartAsync(CancellationToken cancellationToken) => _ready ? Task.CompletedTask : PrepareAsync(cancellationToken);

    /// <summary>Done before the host starts where a failure is to be told in one sentence, else by the host.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await migrator.MigrateAsync(cancellationToken);
        await units.CheckAsync(cancellationToken);
        await models.PrepareAsync(cancellationToken);
        await rules.PrepareAsync(cancellationToken);
        await lists.RefreshAsync(cancellationToken);
        await rehearsal.RunAsync(ModelRouter.DefaultNamespace, cancellationToken);
        _ready = true;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ready = false;
        return Task.CompletedTask;
    }
}
