using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Steps;

namespace FinObs.DataPlane.Rollout;

/// <summary>What a person can do with a rollout.</summary>
internal enum RolloutVerb
{
    /// <summary>Out of traffic at once.</summary>
    Rollback,

    /// <summary>From the first step again.</summary>
    Retry,

    /// <summary>No further.</summary>
    Pause,

    /// <summary>Go on where it stands.</summary>
    Resume,

    /// <summary>Leave the steps that remain out; beyond <c>maxAutoWeight</c> others have to agree.</summary>
    Promote,
}

/// <summary>What came of it.</summary>
internal abstract record VerbOutcome
{
    internal sealed record Done(RolloutRow Row) : VerbOutcome;

    internal sealed record Unknown : VerbOutcome;

    internal sealed record Not(string Why) : VerbOutcome;
}

/// <summary>Whether a rollout can be paused.</summary>
internal abstract record PausePreparation
{
    /// <param name="Change">What is to be written.</param>
    /// <param name="Committed">To be called after the commit.</param>
    internal sealed record Ready(ReadyRolloutChange Change, Action Committed) : PausePreparation;

    internal sealed record Unknown : PausePreparation;

    internal sealed record Not(string Why) : PausePreparation;
}

/// <summary>Does what people and automats ask of rollouts beside their steps.</summary>
internal sealed class RolloutVerbs(RolloutStore store, Rollouts rollouts, ModelRouting routing, RouteStore routes, ModelVersionStates states, ResourceCatalogue catalogue)
{
    private const int Rounds = 8;

    /// <summary>False: its ModelVersion is gone.</summary>
    public bool IsThere(RolloutRow row) => Find(row.Namespace, row.Name) is { } resource && resource.Row.Uid == row.Uid;

    public StoredResource? Find(string @namespace, string name) => catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.ModelVersion.Name, name));

    /// <summary>Effective for every transaction that comes after it returns, in this process; in the others within the time of their notice.</summary>
    public async Task<VerbOutcome> DoAsync(string @namespace, string name, RolloutVerb verb, string reason, string actor, CancellationToken cancellationToken)
    {
        if (Find(@namespace, name) is not { } resource)
        {
            return new VerbOutcome.Unknown();
        }

        for (int i = 0; i < Rounds; i++)
        {
            RolloutRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
            RolloutPlan? plan = RolloutPlan.Of(((ModelVersion)resource.Resource).Spec);
            if (Refusal(row, plan, verb) is { } why)
            {
                return new VerbOutcome.Not(why);
            }

            if (await AfterAsync(resource, row, plan, verb, reason, actor, cancellationToken) is not { } after)
            {
                return new VerbOutcome.Not("It neither decides nor is it being rolled out: there is nothing to take back.");
            }

            if (await store.WriteAsync(row, after, actor, null, cancellationToken))
            {
                await routing.SettleAsync(@namespace, cancellationToken);
                await rollouts.AdvanceAsync(resource, cancellationToken);
                return new VerbOutcome.Done((await store.FindAsync(resource.Row.Uid, cancellationToken))!);
            }
        }

        return new VerbOutcome.Not("It changes too often at this moment: try again.");
    }

    /// <summary>A pause for whoever commits it together with something else. Shares stay as they are, so nothing has to be routed anew.</summary>
    public async Task<PausePreparation> PreparePauseAsync(string @namespace, string name, string reason, string actor, CancellationToken cancellationToken)
    {
        if (Find(@namespace, name) is not { } resource)
        {
            return new PausePreparation.Unknown();
        }

        RolloutRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        return Refusal(row, RolloutPlan.Of(((ModelVersion)resource.Resource).Spec), RolloutVerb.Pause) is { } why
            ? new PausePreparation.Not(why)
            : new PausePreparation.Ready(store.Prepare(row, row! with { Phase = RolloutPhase.Paused, Reason = RolloutReasons.PausedByPerson, Detail = reason }, actor, null), store.Raise);
    }

    /// <summary>Lowers a version's share, never raises it; the rollout is paused until a person says otherwise.</summary>
    /// <returns>In a sentence, what was done.</returns>
    public async Task<string> ReduceAsync(string @namespace, string model, string version, int percent, string why, string actor, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Rounds; i++)
        {
            RolloutRow? row = (await store.OfAsync(@namespace, cancellationToken)).Find(one => one.Model == model && one.Version == version && one.Phase is RolloutPhase.Progressing or RolloutPhase.Paused);
            if (row is null || row.Weight <= percent)
            {
                return row is null ? $"not done: {model}@{version} is not being rolled out, so there is no share to lower" : $"not needed: {model}@{version} decides {row.Weight} % already";
            }

            RolloutRow after = row with { Phase = RolloutPhase.Paused, Weight = percent, WeightSince = store.Now(), Reason = RolloutReasons.WeightReduced, Detail = why };
            if (await store.WriteAsync(row, after, actor, null, cancellationToken))
            {
                await routing.SettleAsync(@namespace, cancellationToken);
                return $"{row.Weight} % -> {percent} %";
            }
        }

        return "not done: the rollout changed too often at that moment";
    }

    private static string? Refusal(RolloutRow? row, RolloutPlan? plan, RolloutVerb verb) => (verb, row?.Phase) switch
    {
        (RolloutVerb.Rollback, RolloutPhase.RolledBack) => "It is rolled back already.",
        (RolloutVerb.Rollback, _) => null,
        (_, null) => "Its rollout has not begun.",
        (RolloutVerb.Retry, _) => null,
        (RolloutVerb.Pause, RolloutPhase.Progressing) or (RolloutVerb.Resume, RolloutPhase.Paused) => null,
        (RolloutVerb.Promote, RolloutPhase.Progressing or RolloutPhase.Paused) => plan is null ? "Its stage asks for no rollout." : null,
        (_, { } phase) => $"It is {phase}: that does not go with {verb.ToString().ToLowerInvariant()}.",
    };

    private async Task<RolloutRow?> AfterAsync(StoredResource resource, RolloutRow? row, RolloutPlan? plan, RolloutVerb verb, string reason, string actor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = store.Now();
        switch (verb)
        {
            case RolloutVerb.Rollback:
                RolloutRow? taken = row ?? await DecidingAsync(resource, now, cancellationToken);
                return taken is null ? null : taken with { Phase = RolloutPhase.RolledBack, Weight = 0, ShadowPercent = 0, NextCheckAt = null, Reason = RolloutReasons.RolledBackByPerson, Detail = reason };
            case RolloutVerb.Retry:
                RolloutRow fresh = row! with
                {
                    Phase = RolloutPhase.Progressing,
                    Weight = 0,
                    WeightSince = now,
                    StartedAt = now,
                    ApprovedStep = null,
                    Analysis = "[]",
                    RequestedBy = actor,
                    Reason = RolloutReasons.Restarted,
                    Detail = reason,
                };
                return plan is null ? fresh with { Phase = RolloutPhase.Promoted, Weight = 100 } : plan.Enter(fresh, 0, now);
            case RolloutVerb.Pause:
                return row! with { Phase = RolloutPhase.Paused, Reason = RolloutReasons.PausedByPerson, Detail = reason };
            case RolloutVerb.Resume:
                // Where an automat has lowered the share, the step that raised it is taken again.
                int step = row!.Reason == RolloutReasons.WeightReduced && plan is not null ? Enumerable.Range(0, Math.Min(row.Step, plan.Steps.Count)).LastOrDefault(i => plan.Steps[i].SetWeight is not null, row.Step) : row.Step;
                RolloutRow resumed = row with { Phase = RolloutPhase.Progressing, Reason = RolloutReasons.ResumedByPerson, Detail = reason };
                return plan is null ? resumed : plan.Enter(resumed, step, now);
            default:
                // Whatever was approved, this was not.
                RolloutRow skipped = row! with { Phase = RolloutPhase.Progressing, ApprovedStep = null, RequestedBy = actor, Reason = RolloutReasons.StepsSkipped, Detail = reason };
                return plan!.Enter(skipped, plan.Steps.Count, now);
        }
    }

    /// <summary>A version that decides without ever having been rolled out.</summary>
    private async Task<RolloutRow?> DecidingAsync(StoredResource resource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        RouteVersion? stable = (await routes.FindAsync(resource.Key.Namespace, cancellationToken)).Stable;
        return stable?.Model == spec.Model && stable.Version == spec.Version && (states[resource.Key]?.VersionId ?? stable.Id) is var id
            ? new RolloutRow
            {
                Uid = resource.Row.Uid,
                Namespace = resource.Key.Namespace,
                Name = resource.Key.Name,
                Model = spec.Model,
                Version = spec.Version,
                VersionId = id,
                StepHash = RolloutPlan.Of(spec)?.StepHash ?? "",
                StartedAt = now,
                StepStartedAt = now,
                WeightSince = now,
                ShadowSince = now,
                Reason = "",
                Detail = "",
                ChangedAt = now,
                Generation = 0,
            }
            : null;
    }
}
