using FinObs.Scoring.Features;

namespace FinObs.Scoring.Explanation;

/// <summary>What a reason text may speak of.</summary>
internal readonly record struct ReasonContext(TransactionFacts Facts, AccountBaseline Baseline, FeatureSchema Schema, TimeZoneInfo Zone, float Value)
{
    /// <summary>The transaction's amount in words: <c>383.20 EUR</c>.</summary>
    public string Amount => AmountScale.Usable(Facts.AmountInBase) is { } amount ? Money(amount) : "unknown";

    /// <summary>An amount in the base currency with its minor units: <c>41.20 USD</c>.</summary>
    public string Money(double amount) => $"{amount.ToString($"N{Currencies.Exponent(Schema.BaseCurrency)}")} {Schema.BaseCurrency}";

    /// <summary>A ratio in words: <c>9.3 ×</c>.</summary>
    public static string Times(double ratio) => ratio switch
    {
        >= 1000 => "over 1,000 ×",
        >= 100 => $"{ratio:N0} ×",
        >= 0.095 => $"{ratio:0.0} ×",
        _ => "under 0.1 ×",
    };

    /// <summary>A number of things in words: <c>3</c>, <c>2.4</c> (decayed counts are not whole).</summary>
    public static string Count(double count) => count >= 10 ? count.ToString("N0") : count.ToString("0.#");
}
