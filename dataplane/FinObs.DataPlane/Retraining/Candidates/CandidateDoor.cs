using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;

namespace FinObs.DataPlane.Retraining.Candidates;

/// <summary>Makes a ModelVersion of what was trained, by the door that everybody uses. Its stage decides nothing: people and rollouts take it from there.</summary>
internal sealed class CandidateDoor(ResourceDoor door, TrainingWindows windows)
{
    public const string CreatedBy = "finobs.io/created-by";

    /// <summary>The spec of what a run has trained, whoever makes a ModelVersion of it.</summary>
    public async Task<ModelVersionSpec> SpecAsync(RetrainingRunRow run, string digest, CancellationToken cancellationToken)
    {
        TrainingWindowRow? window = await windows.FindAsync(run.WindowId, cancellationToken);
        return new ModelVersionSpec
        {
            Model = run.Model,
            Version = run.CandidateVersion!,
            Artifact = new ModelArtifactSpec { Uri = $"finobs://{digest}", Digest = digest },
            Stage = ModelStage.Shadow,
            Provenance = new ModelProvenance
            {
                TrainingJob = $"retraining-runs/{run.Id}",
                DataDigest = window?.DataDigest,
                TrainedAt = window?.To,
                ParentVersion = run.ParentVersion,
                Trigger = run.Trigger,
            },
        };
    }

    /// <summary>Null where it is in force; else why not.</summary>
    public async Task<string?> PutAsync(RetrainingRunRow run, string digest, CancellationToken cancellationToken)
    {
        ModelVersionSpec spec = await SpecAsync(run, digest, cancellationToken);
        ResourceSubmission submission = new()
        {
            ManagedBy = ResourceOwner.Api,
            Spec = (JsonObject)JsonSerializer.SerializeToNode(spec, ResourceJson.Strict)!,
            Labels = new Dictionary<string, string> { [CreatedBy] = "retraining" },
            ChangedBy = run.RequestedBy,
            ChangeReason = $"Retraining run {run.Id}: {run.Reason}",
        };
        return await door.ApplyAsync(new ResourceKey(run.Namespace, ResourceKinds.ModelVersion.Name, run.ResourceName), submission, RunClaims.Actor, cancellationToken) switch
        {
            DoorOutcome.Applied => null,
            DoorOutcome.Invalid invalid => $"No ModelVersion can be made of it: {string.Join("; ", invalid.Errors)}.",
            DoorOutcome.Refused refused => $"The candidate was refused: {refused.Why}",
            _ => "The candidate was not taken by the door.",
        };
    }
}
