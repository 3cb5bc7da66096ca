using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Rollout.Analysis;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Rollout;

/// <summary>Takes rollouts along their steps. Any replica may, at any time: each step is one write from what was seen, and whoever comes second finds it done.</summary>
internal sealed partial class Rollouts(
    RolloutStore store, RolloutSamples samples, RolloutAnalysis analysis, RolloutClaims claims, RouteStore routes, ModelRouting routing, ModelVersionStates states, ResourceCatalogue catalogue,
    IApprovalGate approvals, ResourceAuthors authors, IDatabase database, ILogger<Rollouts> logger)
{
    public const string Actor = "system:rollout";

    /// <summary>Steps taken at once: the rest in the next round.</summary>
    private const int MostMoves = 32;

    /// <summary>All of them, once.</summary>
    public async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, StoredResource> space in catalogue.Current.Sorted.Where(resource => resource.Key.Kind == ResourceKinds.ModelVersion.Name).GroupBy(resource => resource.Key.Namespace))
        {
            // One read for all: most are over, or have nothing to roll out.
            Dictionary<string, RolloutRow> rows = (await store.OfAsync(space.Key, cancellationToken)).ToDictionary(row => row.Uid);
            bool hasMoved = false;
            foreach (StoredResource resource in space.OrderBy(resource => resource.Row.CreatedAt))
            {
                hasMoved |= !IsOver(resource, rows.GetValueOrDefault(resource.Row.Uid)) && await AdvanceAsync(resource, cancellationToken);
            }

            if (hasMoved)
            {
                await routing.SettleAsync(space.Key, cancellationToken);
            }
        }
    }

    /// <summary>As far as it gets now; true where something changed.</summary>
    public async Task<bool> AdvanceAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        bool hasMoved = false;
        for (int i = 0; i < MostMoves; i++)
        {
            if (!await StepAsync(resource, cancellationToken))
            {
                return hasMoved;
            }

            hasMoved = true;
            await routing.SettleAsync(resource.Key.Namespace, cancellationToken);
        }

        return hasMoved;
    }

    /// <summary>Where it is and what it waits for; null where there is no rollout of it.</summary>
    public async Task<(RolloutRow Row, RolloutNext Next)?> LookAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        if (await store.FindAsync(resource.Row.Uid, cancellationToken) is not { } row)
        {
            return null;
        }

        RolloutPlan? plan = RolloutPlan.Of(spec);
        return plan is null || plan.StepHash != row.StepHash
            ? (row, new RolloutNext.Wait(null, ""))
            : (row, RolloutMachine.Next(row, await FactsAsync(resource, row, plan, cancellationToken) with { IsLook = true }, store.Now()));
    }

    /// <summary>Promoted for good, or rolled back and still the same rollout: only a person moves it.</summary>
    private static bool IsOver(StoredResource resource, RolloutRow? row) =>
        row is { Phase: RolloutPhase.Promoted } || (row is { Phase: RolloutPhase.RolledBack } && RolloutPlan.Of(((ModelVersion)resource.Resource).Spec)?.StepHash == row.StepHash);

    private async Task<bool> StepAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        if (spec.Suspend || resource.Row.Deleting || RolloutPlan.Of(spec) is not { } plan || states[resource.Key]?.UsableVersionId is not { } versionId)
        {
            return false;
        }

        RolloutRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        if (row is null || (row.StepHash != plan.StepHash && row.Phase != RolloutPhase.Promoted))
        {
            return await BeginAsync(resource, plan, versionId, row, cancellationToken);
        }

        RolloutNext next = RolloutMachine.Next(row, await FactsAsync(resource, row, plan, cancellationToken), store.Now());
        switch (next)
        {
            case RolloutNext.Move { To: var to }:
                return await WriteAsync(row, to, null, cancellationToken);
            case RolloutNext.Check { Step: var step }:
                IReadOnlyList<AnalysisResult> results = await analysis.MeasureAsync(row, plan.Steps[step].Analysis!, store.Now(), cancellationToken);
                return await WriteAsync(row, RolloutMachine.After(row, plan, step, results, store.Now()), AnalysisResults.Write(results), cancellationToken);
            case RolloutNext.Ask { Step: var ask, Weight: var weight }:
                IReadOnlyList<string> changers = await authors.OfAsync(resource.Key, resource.Row.Uid, cancellationToken);
                Guid id = await approvals.RequestAsync(RolloutPromotion.Ask(row, plan, ask, weight, spec.Artifact.Digest, changers), cancellationToken);
                return await WriteAsync(row, row with { ApprovalId = id, Reason = RolloutReasons.ApprovalRequested, Detail = $"People are asked to agree to {weight} % (request {id})." }, null, cancellationToken);
            default:
                return false;
        }
    }

    private async Task<bool> WriteAsync(RolloutRow before, RolloutRow after, string? results, CancellationToken cancellationToken)
    {
        bool isWritten = await store.WriteAsync(before, after, Actor, results, cancellationToken);
        if (isWritten)
        {
            Moved(logger, after.Namespace, after.Model, after.Version, after.Phase, after.Step, after.Weight, after.Reason, after.Detail);
        }

        return isWritten;
    }

    /// <summary>A version that decides already has nothing to roll out; one below the version that decides waits for it to go.</summary>
    private async Task<bool> BeginAsync(StoredResource resource, RolloutPlan plan, long versionId, RolloutRow? before, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        RouteVersion? stable = (await routes.FindAsync(resource.Key.Namespace, cancellationToken)).Stable;
        if (spec.KillSwitch || stable?.Id == versionId || (plan.MayDecide && stable?.Model == spec.Model && SemanticVersion.Precedence.Compare(stable.Version, spec.Version) > 0))
        {
            return false;
        }

        DateTimeOffset now = store.Now();
        RolloutRow row = new()
        {
            Uid = resource.Row.Uid,
            Namespace = resource.Key.Namespace,
            Name = resource.Key.Name,
            Model = spec.Model,
            Version = spec.Version,
            VersionId = versionId,
            StepHash = plan.StepHash,
            RequestedBy = resource.Row.ChangedBy,
            StartedAt = now,
            StepStartedAt = now,
            WeightSince = now,
            ShadowSince = now,
            Reason = before is null ? RolloutReasons.Started : RolloutReasons.Restarted,
            Detail = before is null ? "Begun." : "The steps or the artifact have changed: from the first step.",
            ChangedAt = now,
            Generation = 1,
        };
        return await store.WriteAsync(before, plan.Enter(row, 0, now), Actor, null, cancellationToken);
    }

    private async Task<RolloutFacts> FactsAsync(StoredResource resource, RolloutRow row, RolloutPlan plan, CancellationToken cancellationToken)
    {
        ApprovalRequestRow? approval = row.ApprovalId is { } id ? await ApprovalAsync(id, cancellationToken) : null;
        ShadowStep? shadow = row.Phase == RolloutPhase.Progressing && row.Step < plan.Steps.Count ? plan.Steps[row.Step].Shadow : null;
        return new RolloutFacts
        {
            Plan = plan,
            KillSwitch = ((ModelVersion)resource.Resource).Spec.KillSwitch,
            BusyWith = plan.MayDecide ? await claims.BusyWithAsync(row, cancellationToken) : null,
            ShadowSamples = shadow is null ? 0 : await samples.ShadowCountAsync(row, shadow.MinSamples, cancellationToken),
            Approval = approval,
            HasNewAuthor = approval is { Status: ApprovalStatus.Pending } && await HasNewAuthorAsync(resource, approval, cancellationToken),
        };
    }

    /// <summary>Whoever changes the version while people are asked must not be one of them.</summary>
    private async Task<bool> HasNewAuthorAsync(StoredResource resource, ApprovalRequestRow approval, CancellationToken cancellationToken) =>
        (await authors.OfAsync(resource.Key, resource.Row.Uid, cancellationToken)).Except([approval.RequestedBy, .. NameList.Read(approval.Excluded)], StringComparer.Ordinal).Any();

    private async Task<ApprovalRequestRow?> ApprovalAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ApprovalRequests.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Rollout of {Model}@{Version} in {Namespace}: {Phase}, step {Step}, {Weight} % ({Reason}: {Detail})")]
    private static partial void Moved(ILogger logger, string @namespace, string model, string version, RolloutPhase phase, int step, int weight, string reason, string detail);
}
