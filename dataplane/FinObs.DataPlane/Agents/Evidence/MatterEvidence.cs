using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>What a technical case is about: the version that drifts and its rollouts, or the target that got no deliveries. Found by the key under which more of the same is added to the case, so only while it is open.</summary>
internal sealed class MatterEvidence(IDatabase database, DeliveryStore deliveries)
{
    private const string DriftKey = "drift:";
    private const string CallbackKey = "callback:";
    private const int MostRollouts = 5;

    public async Task<IReadOnlyList<EvidenceDocument>> ReadAsync(CaseRow row, CancellationToken cancellationToken) => (row.Source, row.OpenKey) switch
    {
        (CaseSources.Drift, { } key) when key.StartsWith(DriftKey, StringComparison.Ordinal) => await DriftAsync(row.Namespace, key[DriftKey.Length..], cancellationToken),
        (CaseSources.Callbacks, { } key) when key.StartsWith(CallbackKey, StringComparison.Ordinal) => await CallbackAsync(row.Namespace, key[CallbackKey.Length..], cancellationToken),
        _ => [],
    };

    private async Task<IReadOnlyList<EvidenceDocument>> DriftAsync(string @namespace, string policy, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        DriftCheckRow? check = await db.DriftChecks.Where(one => one.Namespace == @namespace && one.PolicyUid == policy && one.Judged).OrderByDescending(one => one.Id).FirstOrDefaultAsync(cancellationToken);
        if (check is null)
        {
            return [];
        }

        List<RolloutRow> rollouts = await db.Rollouts.Where(one => one.Namespace == @namespace && one.Model == check.Model && one.Version == check.Version).OrderBy(one => one.Uid).Take(MostRollouts).ToListAsync(cancellationToken);
        return
        [
            EvidenceDocument.Of($"{ModelFacts.Kind}:{check.Model}@{check.Version}", "Model", new ModelFacts
            {
                Model = check.Model,
                Version = check.Version,
                Drifting = check.Drifting,
                Drifted = check.Drifted,
                Samples = check.Samples,
                MaxPsi = check.MaxPsi,
                CheckedAt = check.CheckedAt,
            }),
            .. rollouts.Select(one => EvidenceDocument.Of($"{CandidateFacts.Kind}:{one.Name}", "Rollout", new CandidateFacts { Model = one.Model, Version = one.Version, Phase = one.Phase.ToString(), Weight = one.Weight })),
        ];
    }

    private async Task<IReadOnlyList<EvidenceDocument>> CallbackAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        CallbackStateRow? state = await deliveries.StateAsync(new ResourceKey(@namespace, Contracts.Resources.ResourceKinds.CallbackTarget.Name, name), cancellationToken);
        if (state is null)
        {
            return [];
        }

        await using FinObsDbContext db = database.CreateContext();
        int dead = await db.CallbackDeadLetters.CountAsync(one => one.Namespace == @namespace && one.Target == name, cancellationToken);
        return
        [
            EvidenceDocument.Of($"{CallbackFacts.Kind}:{name}", "Callback target", new CallbackFacts
            {
                Disabled = state.DisabledAt is not null,
                DisabledAt = state.DisabledAt,
                ConsecutiveFailures = state.Consecutive,
                LastStatus = state.LastFailureStatus,
                DeadLetters = dead,
            }),
        ];
    }
}
