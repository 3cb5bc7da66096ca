using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Experiments;

/// <summary>Section <c>Experiments</c>.</summary>
internal sealed class ExperimentOptions : IValidatableObject
{
    public const string Section = "Experiments";

    /// <summary>How often an experiment that waits for versions, the route or people is looked after. Evaluations have the interval of their spec.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Decisions that an evaluation reads, the first ones of the experiment; those beyond do not count.</summary>
    [Range(1_000, 1_000_000_000)]
    public int MostDecisions { get; set; } = 5_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Period < TimeSpan.FromMilliseconds(20)) yield return new("Experiments:Period must be at least 20 ms.");
    }
}
