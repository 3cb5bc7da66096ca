using System.Diagnostics;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;

namespace FinObs.Operator.DriftPolicies;

/// <summary>Makes an object of what a run has trained: labelled, without an owner (it outlives the policy), in a stage that decides nothing. Once: whoever deletes or changes it has the last word.</summary>
internal sealed class CandidateObject(RetrainingClient runs, DataPlaneClient dataPlane, Resources<ModelVersion> versions)
{
    private const int LongestLabel = 63;

    /// <exception cref="ApiException">The cluster refuses it.</exception>
    public async Task MakeAsync(DriftPolicy policy, RetrainingJob wish, string run, string name, CancellationToken cancellationToken)
    {
        ResourceKey key = new(policy.Metadata.Namespace ?? "", name);
        if (versions.Find(key) is not null || await runs.CandidateAsync(run, cancellationToken) is not { } candidate) return;

        // Registered by the data plane's own door: the run was ended when that still was its task.
        if (await dataPlane.StatusAsync(ResourceKinds.ModelVersion, key, cancellationToken) is not null) return;
        try
        {
            await versions.CreateAsync(Of(policy, wish, run, candidate, Activity.Current?.Id), cancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            // There by now: made before a restart, or by somebody else.
        }
    }

    internal static ModelVersion Of(DriftPolicy policy, RetrainingJob wish, string run, TrainedCandidate candidate, string? traceparent)
    {
        string label = $"drift-policy.{policy.Metadata.Name}";
        Dictionary<string, string> annotations = new() { [WellKnown.ChangeReason] = $"Retraining run {run}: {candidate.Reason}", [RetrainingJobSpec.RunAnnotation] = run };
        if (traceparent is not null) annotations[WellKnown.Traceparent] = traceparent;
        return new ModelVersion
        {
            Metadata = new ObjectMeta
            {
                Name = candidate.Name,
                Namespace = policy.Metadata.Namespace,
                Labels = new Dictionary<string, string> { [WellKnown.CreatedBy] = label[..Math.Min(label.Length, LongestLabel)].TrimEnd('-', '.') },
                Annotations = annotations,
            },
            Spec = candidate.Spec with { Stage = wish.ResultStage is ModelStage.Registered or ModelStage.Validated ? wish.ResultStage : ModelStage.Shadow },
        };
    }
}
