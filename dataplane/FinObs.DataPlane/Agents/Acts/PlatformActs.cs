using FinObs.Contracts.Resources;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Replay.Backtests;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout;

namespace FinObs.DataPlane.Agents.Acts;

/// <summary>What agents propose for models and deliveries, made ready by the classes by which people do it.</summary>
internal sealed class PlatformActs(RolloutVerbs rollouts, TargetActs targets, DeliveryStore deliveries, DeliverySignal signal, BacktestStore backtests, ResourceCatalogue catalogue, TimeProvider time)
{
    public async Task<PreparedAct> PauseAsync(AgentRecommendation.PauseRollout wish, AgentRunRow run, string reason, CancellationToken cancellationToken) =>
        await rollouts.PreparePauseAsync(run.Namespace, wish.Rollout, reason, run.Agent.Actor(), cancellationToken) switch
        {
            PausePreparation.Ready ready => new PreparedAct.Ready([ready.Change.Act], (session, leaves, cancel) => ready.Change.WriteAsync(session, leaves[0], cancel), ready.Committed),
            PausePreparation.Not not => new PreparedAct.Impossible(not.Why),
            _ => new PreparedAct.Impossible("The rollout is not there any more."),
        };

    public async Task<PreparedAct> EnableAsync(AgentRecommendation.EnableCallback wish, AgentRunRow run, CancellationToken cancellationToken)
    {
        ResourceKey key = new(run.Namespace, ResourceKinds.CallbackTarget.Name, wish.Callback);
        if (catalogue.Current.Find(key) is null || await deliveries.StateAsync(key, cancellationToken) is not { } state)
        {
            return new PreparedAct.Impossible("The callback target is not there any more.");
        }

        if (state.DisabledAt is null)
        {
            return new PreparedAct.Impossible("It is enabled already.");
        }

        ReadyTargetAct ready = targets.PrepareEnable(key, state, run.Agent.Actor());
        return new PreparedAct.Ready([ready.Act], (session, leaves, cancel) => ready.WriteAsync(session, leaves[0], cancel), signal.Raise);
    }

    /// <summary>It runs before the commit, which only keeps it.</summary>
    public async Task<PreparedAct> BacktestAsync(AgentRecommendation.RunBacktest wish, AgentRunRow run, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        BacktestRequest request = new(run.Namespace, wish.Model, wish.Version, null, null, now.AddDays(-wish.Days), now, null, null);
        return await backtests.PrepareAsync(request, run.Agent.Actor(), cancellationToken) switch
        {
            BacktestPreparation.Ready ready => new PreparedAct.Ready([ready.Act], (session, leaves, cancel) => ready.WriteAsync(session, leaves[0], cancel)),
            BacktestPreparation.No { Why: BacktestPlanning.Refused refused } => new PreparedAct.Impossible(refused.Why),
            BacktestPreparation.No { Why: BacktestPlanning.TooMuch much } => new PreparedAct.Impossible(much.Why),
            _ => throw new InvalidOperationException("Another backtest is running: it is tried again."),
        };
    }
}
