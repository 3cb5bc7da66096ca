using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Monitoring;

/// <summary>Section <c>Monitoring</c>: the windows that drift, rollouts and experiments look at.</summary>
internal sealed class MonitoringOptions : IValidatableObject
{
    public const string Section = "Monitoring";

    /// <summary>False: decisions are not counted, and nothing that looks at windows sees any.</summary>
    public bool FromEvents { get; set; } = true;

    /// <summary>How often is looked where no word comes of new events.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long buckets are kept, by their start.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(400);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Period < TimeSpan.FromMilliseconds(100)) yield return new("Monitoring:Period must be at least 100 ms.");
        if (Keep < TimeSpan.FromDays(1) || Keep > TimeSpan.FromDays(3660)) yield return new("Monitoring:Keep must be from 1 day to 10 years.");
    }
}
