using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Ledger;

/// <summary>Section <c>Ledger</c>: what account statistics are measured in. Fixed for the life of a database.</summary>
internal sealed class LedgerOptions
{
    public const string Section = "Ledger";

    /// <summary>ISO 4217 code that amounts are converted to before they enter a profile.</summary>
    [Required]
    public string BaseCurrency { get; set; } = "USD";

    /// <summary>IANA zone of the hour features.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>A CSV of dated exchange rates that replaces the built-in indicative ones.</summary>
    public string? ExchangeRatesFile { get; set; }

    /// <summary>Profiles kept in memory; the others are read when needed. About 600 bytes each.</summary>
    [Range(1_000, 10_000_000)]
    public int CachedProfiles { get; set; } = 200_000;
}
