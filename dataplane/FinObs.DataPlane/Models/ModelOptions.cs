using System.ComponentModel.DataAnnotations;
using System.Net;

namespace FinObs.DataPlane.Models;

/// <summary>Section <c>Models</c>: which model decides until a ModelVersion says otherwise, and what may be brought in.</summary>
internal sealed class ModelOptions : IValidatableObject
{
    public const string Section = "Models";

    /// <summary>Folder or zip of an artifact to register and route to at start; none = the routed version, or the built-in model.</summary>
    public string? Artifact { get; set; }

    /// <summary>The content address that <see cref="Artifact"/> must have; none = whatever it has.</summary>
    public string? ArtifactDigest { get; set; }

    /// <summary>Train a model on the bundled simulation where no version is registered, so that the first transaction is scored.</summary>
    public bool BuiltIn { get; set; } = true;

    /// <summary>Largest zip of an artifact that is uploaded or fetched.</summary>
    [Range(1, 4L << 30)]
    public long MaxArtifactBytes { get; set; } = 288L << 20;

    /// <summary>How long fetching an artifact by <c>https://</c> may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>True: artifacts and signatures may be fetched from private addresses too, and servers of somebody else may be asked there.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Address ranges for which this holds although they are private.</summary>
    public IList<string> AllowedCidrs { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AllowedCidrs.Where(range => !IPNetwork.TryParse(range, out _)).Select(range => new ValidationResult($"Models:AllowedCidrs holds {range}: write 10.1.0.0/16."));
}
