namespace FinObs.Scoring.Features;

/// <summary>The features a model version reads, in column order, and what they were measured against.</summary>
/// <param name="Names">F catalogue names with their version, <c>amount_z_account@1</c>.</param>
/// <param name="BaseCurrency">ISO 4217 code that amounts were converted to before statistics.</param>
/// <param name="TimeZone">IANA zone of the hour features.</param>
public sealed record FeatureSchema(string[] Names, string BaseCurrency, string TimeZone)
{
    /// <summary>The population that short histories are shrunk towards, frozen at training: features stay a pure function of transaction, profile and schema.</summary>
    public PopulationStatistics Population { get; init; } = PopulationStatistics.Unknown;

    /// <summary>The settings that profiles must be kept by to feed this model.</summary>
    public ProfileSettings ProfileSettings() => new(BaseCurrency, TimeZone);
}
