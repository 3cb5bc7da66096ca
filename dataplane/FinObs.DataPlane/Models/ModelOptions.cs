namespace FinObs.DataPlane.Models;

/// <summary>Section <c>Models</c>: which model decides until a rollout says otherwise.</summary>
internal sealed class ModelOptions
{
    public const string Section = "Models";

    /// <summary>Folder or zip of an artifact to register and route to at start; none = the routed version, or the built-in model.</summary>
    public string? Artifact { get; set; }

    /// <summary>The content address that <see cref="Artifact"/> must have; none = whatever it has.</summary>
    public string? ArtifactDigest { get; set; }

    /// <summary>Train a model on the bundled simulation where no version is registered, so that the first transaction is scored.</summary>
    public bool BuiltIn { get; set; } = true;
}
