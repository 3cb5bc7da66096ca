namespace FinObs.Scoring.Features;

/// <summary>What every account profile of a deployment is measured in. A model whose schema says otherwise cannot be served there.</summary>
/// <param name="BaseCurrency">ISO 4217 code that amounts are converted to.</param>
/// <param name="TimeZone">IANA zone of the hour of day, <c>UTC</c> or <c>Europe/Vienna</c>.</param>
public sealed record ProfileSettings(string BaseCurrency, string TimeZone)
{
    /// <summary>The zone itself.</summary>
    /// <exception cref="TimeZoneNotFoundException">The machine's time zone data does not know it.</exception>
    public TimeZoneInfo Zone() => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>Whether profiles kept by these settings may feed a model of this schema.</summary>
    public bool Fit(FeatureSchema schema) =>
        string.Equals(BaseCurrency, schema.BaseCurrency, StringComparison.Ordinal) && string.Equals(TimeZone, schema.TimeZone, StringComparison.Ordinal);
}
