using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Experiments;

/// <summary>Asks people whether the version that won may decide everything, and in the commit of their last word ends its rollout as promoted and the experiment with it.</summary>
internal sealed class ExperimentApproval(ExperimentStore store, RolloutStore rollouts, ExperimentVersions versions, ResourceAuthors authors, IServiceProvider services) : IApprovedAction
{
    public const string Name = "experiment.conclude";

    public string Action => Name;

    /// <summary>Opens the request, or finds the open one.</summary>
    /// <returns>Its id; null where the experiment has no winner to promote (any more).</returns>
    public async Task<Guid?> AskAsync(string uid, ABExperimentSpec spec, string requestedBy, string why, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(uid, cancellationToken) is not { WaitsForPromotion: true } row || ServedArm.Read(row.Arms).FirstOrDefault(arm => arm.Name == row.Winner) is not { } served)
        {
            return null;
        }

        string version = spec.Arms.First(arm => arm.Name == row.Winner).Version;
        string? digest = versions.Find(row.Namespace, spec.Model, version) is { } resource ? ((ModelVersion)resource.Resource).Spec.Artifact.Digest : null;

        // Looked up late: approvals know the actions, and the actions are this.
        IApprovalGate gate = services.GetRequiredService<IApprovalGate>();
        Guid id = await gate.RequestAsync(
            new ApprovalAsk
            {
                Namespace = row.Namespace,
                Action = Name,
                Target = row.Uid,
                Summary = $"Promote {spec.Model}@{version}, which won the experiment {row.Name}, to decide everything in {row.Namespace}",
                Payload = CanonicalObject.Of(
                    ("arm", row.Winner), ("digest", digest), ("experiment", row.Name), ("model", spec.Model), ("required", spec.Conclusion.Approvals), ("uid", row.Uid), ("v", 1), ("version", version), ("version_id", served.VersionId)),
                Evidence = CanonicalObject.Of(("detail", row.Detail), ("evaluation", row.Evaluation)),
                ModelDigest = digest,
                RequestedBy = requestedBy,
                Reason = why,

                // Whoever wrote the experiment has asked for what comes of it.
                Excluded = await authors.OfAsync(new ResourceKey(row.Namespace, ResourceKinds.ABExperiment.Name, row.Name), row.Uid, cancellationToken),
                Asked = new AskedApproval(spec.Conclusion.Approvals, []),
            },
            cancellationToken);
        if (row.ApprovalId != id)
        {
            await store.WriteAsync(row, row with { ApprovalId = id, Reason = ExperimentReasons.ApprovalRequested, Detail = $"People are asked to agree to its promotion (request {id})." }, requestedBy, null, cancellationToken);
        }

        return id;
    }

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        using JsonDocument document = JsonDocument.Parse(request.Payload);
        JsonElement asked = document.RootElement;
        string version = asked.GetProperty("version").GetString()!;
        if (await store.FindAsync(request.Target, cancellationToken) is not { } row)
        {
            return new ApprovedOutcome.Impossible("The experiment is not there any more.");
        }

        if (!row.WaitsForPromotion || row.Winner != asked.GetProperty("arm").GetString())
        {
            return new ApprovedOutcome.Impossible($"The experiment has moved on: it is {row.Phase}.");
        }

        if (versions.Find(row.Namespace, row.Model, version) is not { } resource || ((ModelVersion)resource.Resource).Spec is not { KillSwitch: false } spec || spec.Artifact.Digest != asked.GetProperty("digest").GetString())
        {
            return new ApprovedOutcome.Impossible($"{row.Model}@{version} is not there any more as it was approved, or is switched off.");
        }

        string by = string.Join(", ", request.ApprovedBy);
        RolloutRow? rollout = await rollouts.FindAsync(resource.Row.Uid, cancellationToken);
        if (rollout?.Phase == RolloutPhase.RolledBack)
        {
            return new ApprovedOutcome.Impossible($"{row.Model}@{version} was rolled back meanwhile.");
        }

        ExperimentRow after = row with
        {
            Phase = ExperimentPhase.Promoted,
            PromotedBy = by,
            Generation = row.Generation + 1,
            ChangedAt = store.Now(),
            Reason = ExperimentReasons.Promoted,
            Detail = spec.Stage == ModelStage.Production ? $"Approved by {by}." : $"Approved by {by}. The version decides everything once its stage is Production; now it is {spec.Stage}.",
        };
        return new ApprovedOutcome.Ready((session, cancel) => WriteAsync(session, row, after, rollout, by, cancel), store.Raise);
    }

    private async Task<bool> WriteAsync(IWriteSession session, ExperimentRow before, ExperimentRow after, RolloutRow? rollout, string by, CancellationToken cancellationToken)
    {
        if (!await ExperimentStore.WriteAsync(session, before, after, cancellationToken))
        {
            return false;
        }

        return rollout is null or { Phase: RolloutPhase.Promoted } || await RolloutStore.WriteAsync(
            session, rollout,
            rollout with
            {
                Phase = RolloutPhase.Promoted,
                Weight = 100,
                ShadowPercent = 0,
                NextCheckAt = null,
                Generation = rollout.Generation + 1,
                ChangedAt = store.Now(),
                Reason = RolloutReasons.Promoted,
                Detail = $"It won the experiment {after.Name}; approved by {by}.",
            },
            cancellationToken);
    }
}
