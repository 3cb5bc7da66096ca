using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Operations;

/// <summary>What must be so before the first request: schema, a database that goes on from what was published, then a model and rules to decide with, then one transaction rehearsed with it.</summary>
internal sealed partial class Readiness(
    Migrator migrator, AnchorCheck anchors, AuditGate gate, LedgerUnitsGuard units, ModelStartup models, RuleBook rules, ListEntries lists, Rehearsal rehearsal, ILogger<Readiness> logger) : IHostedService
{
    private volatile bool _ready;

    public bool IsReady => _ready && gate.Refusal is null;

    public Task StartAsync(CancellationToken cancellationToken) => _ready ? Task.CompletedTask : PrepareAsync(cancellationToken);

    /// <summary>Done before the host starts where a failure is to be told in one sentence, else by the host.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await migrator.MigrateAsync(cancellationToken);
        if (await anchors.GuardAsync(cancellationToken) is { } refusal)
        {
            Refusing(logger, refusal);
        }

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

    [LoggerMessage(Level = LogLevel.Critical, Message = "Not ready, and nothing is taken in: {Refusal}")]
    private static partial void Refusing(ILogger logger, string refusal);
}
