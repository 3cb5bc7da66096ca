using System.ComponentModel.DataAnnotations;

namespace FinObs.Operator.ModelVersions;

/// <summary>Section <c>Scorer</c>: what every scoring pod has in common, given by whoever installs FinObs.</summary>
internal sealed class ScorerOptions
{
    public const string Section = "Scorer";

    /// <summary>The data plane's image, which a scoring pod runs in another role.</summary>
    [Required]
    public string Image { get; set; } = "finobs/data-plane:latest";

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    [RegularExpression("^(Always|IfNotPresent|Never)$")]
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Secrets that the image is pulled with, by name, in the namespace of each model version.</summary>
    public IList<string> ImagePullSecrets { get; } = [];

    /// <summary>Where pods fetch artifacts: the data plane's address as a pod sees it.</summary>
    [Required, RegularExpression("^https?://[^ ]+$")]
    public string ArtifactServer { get; set; } = "http://finobs-data-plane:8080";

    /// <summary>Audience of the token that a pod shows to the data plane, and that the data plane shows to a pod.</summary>
    [Required]
    public string TokenAudience { get; set; } = "finobs";

    /// <summary>How long such a token is good for; the kubelet renews it before.</summary>
    [Range(600, 86_400)]
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>Issuer of the cluster's tokens, by which a pod knows the data plane; none = only a shared key counts.</summary>
    public string? TokenIssuer { get; set; }

    /// <summary>Namespace that the data plane and the operator run in: nobody else may reach a scoring pod.</summary>
    [Required]
    public string SystemNamespace { get; set; } = "finobs-system";

    /// <summary>User and group that pods run as; .NET's images have <c>app</c> under 1654.</summary>
    [Range(1, int.MaxValue)]
    public int RunAsUser { get; set; } = 1654;

    /// <summary>Service account names that may ask a pod to score, as tokens say them; none = only a shared key counts.</summary>
    public IList<string> AllowedCallers { get; } = [];

    /// <summary>A Secret of the namespace with a key <c>api-key</c> that pods and data plane share, instead of tokens.</summary>
    public string? ApiKeySecret { get; set; }
}
