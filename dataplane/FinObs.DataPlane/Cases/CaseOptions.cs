using System.ComponentModel.DataAnnotations;
using FinObs.DataPlane.Cases.Store;

namespace FinObs.DataPlane.Cases;

/// <summary>Section <c>Cases</c>: what becomes a case, how grave it is, and by when it is to be resolved.</summary>
internal sealed class CaseOptions : IValidatableObject
{
    public const string Section = "Cases";

    /// <summary>False: no case is opened by itself; they are opened by API only.</summary>
    public bool FromEvents { get; set; } = true;

    /// <summary>From this amount on, in the base currency of the ledger, a case is one step graver.</summary>
    [Range(0, 1e15)]
    public double GraveFrom { get; set; } = 10_000;

    /// <summary>Time to resolve, by severity.</summary>
    public CaseTimes DueWithin { get; set; } = new();

    /// <summary>How long a lock holds that is not renewed.</summary>
    public TimeSpan LockTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often is looked where no word comes of new events.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enum.GetValues<CaseSeverity>().Any(severity => DueWithin.Of(severity) <= TimeSpan.Zero)) yield return new("Cases:DueWithin: each time must be longer than nothing.");
        if (LockTime < TimeSpan.FromSeconds(10) || LockTime > TimeSpan.FromDays(1)) yield return new("Cases:LockTime must be from 10 s to 1 day.");
        if (Period < TimeSpan.FromMilliseconds(100)) yield return new("Cases:Period must be at least 100 ms.");
    }
}

/// <summary>A time for each severity.</summary>
internal sealed class CaseTimes
{
    public TimeSpan Critical { get; set; } = TimeSpan.FromHours(4);

    public TimeSpan High { get; set; } = TimeSpan.FromHours(24);

    public TimeSpan Medium { get; set; } = TimeSpan.FromHours(72);

    public TimeSpan Low { get; set; } = TimeSpan.FromDays(7);

    public TimeSpan Of(CaseSeverity severity) => severity switch
    {
        CaseSeverity.Critical => Critical,
        CaseSeverity.High => High,
        CaseSeverity.Medium => Medium,
        _ => Low,
    };
}
