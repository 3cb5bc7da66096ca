using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Rollout;

/// <summary>Section <c>Rollout</c>: shadow scoring and the steps of rollouts.</summary>
internal sealed class RolloutOptions : IValidatableObject
{
    public const string Section = "Rollout";

    /// <summary>How often rollouts are looked after.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Transactions that may wait to be scored in shadow; those beyond are dropped and counted.</summary>
    [Range(100, 10_000_000)]
    public int ShadowCapacity { get; set; } = 50_000;

    /// <summary>How long scores in shadow are kept.</summary>
    public TimeSpan KeepShadowScores { get; set; } = TimeSpan.FromDays(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Period < TimeSpan.FromMilliseconds(20)) yield return new("Rollout:Period must be at least 20 ms.");
        if (KeepShadowScores < TimeSpan.FromHours(1)) yield return new("Rollout:KeepShadowScores must be at least an hour.");
    }
}
