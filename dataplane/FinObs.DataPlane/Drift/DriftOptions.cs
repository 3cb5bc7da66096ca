using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Drift;

/// <summary>Section <c>Drift</c>.</summary>
internal sealed class DriftOptions
{
    public const string Section = "Drift";

    /// <summary>True: in a namespace without a DriftPolicy the version that decides is watched with the limits of a policy that says nothing. Nothing follows from it but an event.</summary>
    public bool Default { get; set; } = true;

    /// <summary>More feature vectors than these are not read for one exact check. A hundred thousand of twenty features are 8 MB.</summary>
    [Range(100, 10_000_000)]
    public int MostExactRows { get; set; } = 100_000;
}
