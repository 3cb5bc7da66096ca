using System.CommandLine;
using FinObs.Scoring.Features;

namespace FinObs.Retraining;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "Transactions, .csv or .csv.gz: transaction_id, timestamp, amount; may have account_id, counterparty_id, currency, type, label.",
        Required = true,
    };

    public static Option<string?> BaseCurrency() => new("--base-currency") { Description = "Currency of the statistics, ISO 4217. Default: the most frequent one of the training part." };

    public static Option<string> TimeZone() => new("--time-zone") { Description = "IANA zone of the hour of day.", DefaultValueFactory = _ => "UTC" };

    public static Option<string?> Rates() => new("--rates")
    {
        Description = "Exchange rates, CSV 'from,currency,value'. Default: built-in indicative yearly averages of major currencies.",
    };

    public static ExchangeRates RatesOf(string? path) => path is null ? ExchangeRates.Default : ExchangeRates.Load(path);
}
