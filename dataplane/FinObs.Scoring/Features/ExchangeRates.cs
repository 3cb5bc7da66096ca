using System.Collections.Frozen;
using System.Globalization;

namespace FinObs.Scoring.Features;

/// <summary>A dated table of exchange rates: what a unit of a currency was worth from a day on. Immutable.</summary>
/// <remarks>
/// <see cref="Default"/> holds indicative, rounded yearly averages of major currencies: enough to put amounts on one scale for statistics, never to settle or
/// report. A deployment brings its own table by <see cref="Load(TextReader)"/>.
/// </remarks>
public sealed class ExchangeRates
{
    private readonly FrozenDictionary<string, (DateOnly From, double Value)[]> _rates;

    private ExchangeRates(FrozenDictionary<string, (DateOnly From, double Value)[]> rates) => _rates = rates;

    /// <summary>The embedded table.</summary>
    public static ExchangeRates Default { get; } = LoadEmbedded();

    /// <summary>Reads a table from CSV.</summary>
    /// <param name="csv">Header <c>from,currency,value</c>; then the first day (yyyy-MM-dd), the code, and what a unit is worth in a unit of account that is the same for the whole file.
    /// Lines that are empty or start with # are skipped.</param>
    /// <exception cref="FormatException">A line cannot be read; the message names it.</exception>
    public static ExchangeRates Load(TextReader csv)
    {
        var rates = new Dictionary<string, SortedDictionary<DateOnly, double>>(StringComparer.Ordinal);
        int number = 0;
        bool header = true;
        while (csv.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (!header)
            {
                (DateOnly from, string currency, double value) = Parse(line, number);
                SortedDictionary<DateOnly, double> dated = rates.TryGetValue(currency, out var found) ? found : rates[currency] = [];
                dated[from] = value;
            }

            header = false;
        }

        return new ExchangeRates(rates.ToFrozenDictionary(
            pair => pair.Key, pair => pair.Value.Select(rate => (rate.Key, rate.Value)).ToArray(), StringComparer.Ordinal));
    }

    /// <summary>Reads a table from a CSV file.</summary>
    public static ExchangeRates Load(string path)
    {
        using var reader = new StreamReader(path);
        return Load(reader);
    }

    /// <summary>An amount in the base currency at the rate of a day.</summary>
    /// <returns>The amount itself where the currencies are the same, also for a code without rates; <see langword="null"/> where a rate is not known.
    /// Before a currency's first day its first rate holds, after its last day the last one.</returns>
    public double? ToBase(decimal amount, string currency, string baseCurrency, DateOnly on)
    {
        if (string.Equals(currency, baseCurrency, StringComparison.Ordinal))
        {
            return (double)amount;
        }

        return Value(currency, on) is { } worth && Value(baseCurrency, on) is { } unit ? (double)amount * worth / unit : null;
    }

    private double? Value(string currency, DateOnly on)
    {
        if (!_rates.TryGetValue(currency, out (DateOnly From, double Value)[]? dated))
        {
            return null;
        }

        int at = dated.Length - 1;
        while (at > 0 && dated[at].From > on)
        {
            at--;
        }

        return dated[at].Value;
    }

    private static (DateOnly From, string Currency, double Value) Parse(string line, int number)
    {
        string[] parts = line.Split(',');
        if (parts.Length == 3
            && DateOnly.TryParseExact(parts[0].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly from)
            && parts[1].Trim() is { Length: 3 } currency
            && double.TryParse(parts[2].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value))
        {
            return (from, currency, value);
        }

        throw new FormatException($"Exchange rates, line {number}: expected 'yyyy-MM-dd,CUR,positive number', got '{line}'.");
    }

    private static ExchangeRates LoadEmbedded()
    {
        using Stream stream = typeof(ExchangeRates).Assembly.GetManifestResourceStream("FinObs.Scoring.Features.exchange-rates.csv")
            ?? throw new InvalidOperationException("The embedded exchange rates are missing from the assembly.");
        using var reader = new StreamReader(stream);
        return Load(reader);
    }
}
