using System.ComponentModel.DataAnnotations;

namespace FinObs.Operator.DataPlane;

/// <summary>Section <c>DataPlane</c>: where resources are submitted to.</summary>
internal sealed class DataPlaneOptions
{
    public const string Section = "DataPlane";

    /// <summary>Address of the data plane.</summary>
    [Required, RegularExpression("^https?://[^ ]+$")]
    public string Url { get; set; } = "http://localhost:5080";

    /// <summary>File with a bearer token, read anew whenever it has changed: a projected service-account token is renewed in place.</summary>
    public string? TokenFile { get; set; }

    /// <summary>File with a key that does not expire, instead of a token.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the status of a settled resource is asked for: what the data plane decides by itself (routes, rollouts) shows no sooner.</summary>
    public TimeSpan StatusPeriod { get; set; } = TimeSpan.FromSeconds(10);
}
