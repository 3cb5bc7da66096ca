using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Retention;

/// <summary>Section <c>Retention</c>.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>17 CFR 240.17a-4(a) and FINRA Rule 4511(b): six years. Fewer only where <see cref="AllowShorter"/> says so.</summary>
    public const int LeastYears = 6;

    /// <summary>How long decisions and their audit payloads are kept after the last record of their account. Nothing is erased before, and nothing at all under a hold.</summary>
    [Range(0, 100)]
    public int Years { get; set; } = LeastYears;

    /// <summary>For those to whom no rule of six years applies.</summary>
    public bool AllowShorter { get; set; }

    /// <summary>Erase accounts by themselves once their time is over; false: only report how many there are.</summary>
    public bool Enforce { get; set; }

    /// <summary>How often accounts whose time is over are looked for.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Accounts erased in one run.</summary>
    [Range(1, 10_000)]
    public int Batch { get; set; } = 500;
}
