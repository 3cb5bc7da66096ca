using System.Diagnostics;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.DataPlane;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Status;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.ModelVersions;

/// <summary>
/// Makes a ModelVersion so: the data plane has its spec and has verified its artifact, its pods have loaded it, the data plane knows which of them are ready, and
/// the status says what is. The data plane alone decides about traffic; here that is only copied.
/// </summary>
internal sealed class ModelVersionReconciler(
    ResourceSubmitter submitter,
    DataPlaneClient dataPlane,
    ModelVersionChildren children,
    WarmVersions warm,
    Resources<V1Deployment> deployments,
    ScoringPods scoringPods,
    ScorerProbe probe,
    StatusWriter<ModelVersion> statuses,
    EventRecorder events,
    IOptions<ScorerOptions> scorer,
    IOptions<DataPlaneOptions> options,
    TimeProvider time) : IReconciler<ModelVersion>
{
    /// <summary>While something is under way that no watch tells of: the data plane fetches, verifies, loads.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    public string Finalizer => WellKnown.Finalizer;

    public async Task<ReconcileResult> ReconcileAsync(ModelVersion resource, CancellationToken cancellationToken)
    {
        using Activity? span = ChangeTrace.Start(resource);
        ModelVersionReport report = new(resource, time.GetUtcNow());
        ScoringChildren wanted = ScoringChildren.Of(resource, scorer.Value, warm.Keeps(resource));

        if (resource.Spec.Suspend)
        {
            await WriteAsync(resource, report, report.Unlooked(CommonReasons.Suspended, "spec.suspend is true: everything stays as it is."), cancellationToken);
            return ReconcileResult.Done;
        }

        if (resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.DryRun) == "true")
        {
            await WriteAsync(resource, report, report.Unlooked(CommonReasons.DryRun, "Only a plan was made: see status.plan.", await PlanAsync(resource, wanted, cancellationToken)), cancellationToken);
            return ReconcileResult.Done;
        }

        // 1. The data plane has this spec, and says what it makes of it.
        bool isKnown = await SubmitAsync(resource, report, cancellationToken);

        // 2. The children; new pods only for an artifact that may be fetched.
        bool mayRun = report.MayFetch || deployments.OwnedBy(resource.Metadata.Uid!).Count > 0;
        if (mayRun || wanted == ScoringChildren.None) await ApplyAsync(resource, wanted, report, cancellationToken);

        // 3. What became of the pods, and the data plane hears of it.
        await ObserveAsync(resource, wanted, mayRun, report, cancellationToken);
        if (isKnown) await ReportReadinessAsync(resource, wanted, report, cancellationToken);

        // 4. One status.
        ModelVersionStatus status = report.Fold();
        await WriteAsync(resource, report, status, cancellationToken);
        return ReconcileResult.Again(status.BlockedOn is null ? options.Value.StatusPeriod : Soon);
    }

    public async Task<ReconcileResult> FinalizeAsync(ModelVersion resource, CancellationToken cancellationToken)
    {
        using Activity? span = ChangeTrace.Start(resource);
        ModelVersionReport report = new(resource, time.GetUtcNow());
        if (await submitter.RemoveAsync(resource, cancellationToken) is not { } obstacle)
        {
            events.Record(resource, EventType.Normal, "Drained", ChangeTrace.Mark("No traffic goes to it any more; its pods are deleted."));
            return ReconcileResult.Done;
        }

        report.Blocked(obstacle.Gate, obstacle.Message);
        report.Conditions.Reconciling(CommonReasons.Draining, "Being drained before it is deleted.");
        await WriteAsync(resource, report, report.Fold(), cancellationToken);
        return ReconcileResult.Again(Soon);
    }

    /// <summary>True where the data plane has this spec now.</summary>
    private async Task<bool> SubmitAsync(ModelVersion resource, ModelVersionReport report, CancellationToken cancellationToken)
    {
        Submitted submitted = await submitter.SubmitAsync(resource, cancellationToken);
        if (submitted.Obstacle is { } obstacle)
        {
            report.NotSubmitted(obstacle);
            return false;
        }

        if (submitted.Answer is { } answer) report.Accepted(answer);
        if (submitted.Status is { } status) report.DataPlane(status);
        return true;
    }

    private async Task ApplyAsync(ModelVersion resource, ScoringChildren wanted, ModelVersionReport report, CancellationToken cancellationToken)
    {
        try
        {
            foreach (ChildStep step in children.Steps(resource, wanted)) await step.DoAsync(cancellationToken);
        }
        catch (ChildNameTakenException e)
        {
            report.Stalled(ModelVersionReasons.PodsNotAdmitted, e.Message);
            report.Blocked("Name", e.Message);
        }
        catch (ApiException e) when (e.IsInvalid || (e.Status == System.Net.HttpStatusCode.Forbidden))
        {
            report.Stalled(ModelVersionReasons.PodsNotAdmitted, $"The API server refuses what this version needs: {e.Message}");
            report.Blocked("Cluster", e.Message);
        }
    }

    private async Task ObserveAsync(ModelVersion resource, ScoringChildren wanted, bool mayRun, ModelVersionReport report, CancellationToken cancellationToken)
    {
        if (wanted == ScoringChildren.None)
        {
            bool isExternal = resource.Spec.Serving.External is not null;
            report.NoPods(
                isExternal ? ModelVersionReasons.External : ModelVersionReasons.NoPodsWanted,
                isExternal ? $"{resource.Spec.Serving.External!.Url} scores; the data plane takes over in process where it does not answer."
                    : ScoringChildren.WantsPods(resource) ? "Later versions fill the rollback window: its pods are gone, and the data plane would score in process."
                    : "The data plane scores in process, or the stage asks for no scoring.");
            return;
        }

        if (!mayRun)
        {
            report.NoPods(ModelVersionReasons.WaitsForArtifact, "Pods are made once the data plane has verified the artifact.");
            return;
        }

        IReadOnlyList<V1Pod> pods = scoringPods.Of(resource);
        IReadOnlyDictionary<string, ScorerAnswer> answers = await probe.AskAsync(pods, cancellationToken);
        report.Pods(PodObservation.Of(deployments.OwnedBy(resource.Metadata.Uid!) is [var deployment, ..] ? deployment : null, pods, answers, time.GetUtcNow()));
    }

    private async Task ReportReadinessAsync(ModelVersion resource, ScoringChildren wanted, ModelVersionReport report, CancellationToken cancellationToken)
    {
        int ready = report.ReadyPods;
        ServingReadiness readiness = new()
        {
            Uid = resource.Metadata.Uid!,
            Digest = resource.Spec.Artifact.Digest,
            Endpoints = wanted.Service is not null && ready > 0 ? [ScoringService.Endpoint(resource)] : [],
            Replicas = report.PodCount,
            ReadyReplicas = ready,
        };
        try
        {
            await dataPlane.ReportReadinessAsync(ResourceKinds.ModelVersion, KeyOf(resource), readiness, cancellationToken);
        }
        catch (DataPlaneUnreachableException e)
        {
            report.Blocked("DataPlane", e.Message);
        }
    }

    private async Task<IReadOnlyList<string>> PlanAsync(ModelVersion resource, ScoringChildren wanted, CancellationToken cancellationToken)
    {
        List<string> plan = [.. await submitter.PlanAsync(resource, cancellationToken)];
        plan.AddRange(children.Steps(resource, wanted).Select(step => step.Sentence).Where(sentence => sentence.Length > 0));
        return plan.Count > 0 ? plan : ["nothing: everything is as the spec asks"];
    }

    private async Task WriteAsync(ModelVersion resource, ModelVersionReport report, ModelVersionStatus status, CancellationToken cancellationToken)
    {
        await statuses.WriteAsync(resource, resource with { Status = status }, cancellationToken);
        events.Record(resource, report.Conditions.Transitions, status.TraceId);
    }

    private static ResourceKey KeyOf(ModelVersion version) => new(version.Metadata.Namespace ?? "", version.Metadata.Name);
}
