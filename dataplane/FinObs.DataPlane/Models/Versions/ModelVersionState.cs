using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Verification;

namespace FinObs.DataPlane.Models.Versions;

/// <summary>How far this process is with one ModelVersion.</summary>
internal sealed record ModelVersionState
{
    public static readonly ModelVersionState Unseen = new()
    {
        Artifact = new ArtifactFinding(ModelVersionReasons.NotYetChecked, "This process has not looked at it yet."),
        LoadReason = ModelVersionReasons.Loading,
        LoadMessage = "This process has not looked at it yet.",
    };

    public required ArtifactFinding Artifact { get; init; }

    /// <summary>Row of <c>model_versions</c>, once it is registered.</summary>
    public long? VersionId { get; init; }

    /// <summary>Of the reasons of <c>Loaded</c>.</summary>
    public required string LoadReason { get; init; }

    public required string LoadMessage { get; init; }

    public ModelFailure? LastFailure { get; init; }

    /// <summary>Since when it has been like this.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Its row, where it could decide.</summary>
    public long? UsableVersionId => LoadReason == ModelVersionReasons.InMemory ? VersionId : null;

    /// <summary>This, with the times of the state before where nothing else is different.</summary>
    public ModelVersionState After(ModelVersionState? before) => before is null
        ? this
        : this with
        {
            Since = before.Artifact.Reason == Artifact.Reason && before.LoadReason == LoadReason ? before.Since : Since,
            LastFailure = LastFailure is null || (LastFailure.Reason == before.LastFailure?.Reason && LastFailure.Message == before.LastFailure.Message) ? before.LastFailure : LastFailure,
        };
}
