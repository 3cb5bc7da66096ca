using System.Globalization;
using Sylvan.Data.Csv;

namespace FinObs.Scoring.Training;

/// <summary>Where the columns of a transaction file are, and how a line of them is read.</summary>
internal sealed record TransactionCsvColumns(int Id, int Account, int Counterparty, int Timestamp, int Amount, int Currency, int Type, int Label)
{
    private const int LongestId = 200;
    private const int LongestType = 40;
    private const int MostPooled = 10_000;

    // Few different values, many lines: one string each.
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _currencies = new(StringComparer.Ordinal);

    /// <summary>Finds the columns by the header; case and blanks around names do not matter.</summary>
    /// <exception cref="FormatException">A required one is missing.</exception>
    public static TransactionCsvColumns Of(CsvDataReader csv)
    {
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < csv.FieldCount; i++)
        {
            places.TryAdd(csv.GetName(i).Trim(), i);
        }

        return new TransactionCsvColumns(
            Required("transaction_id"), Place("account_id"), Place("counterparty_id"), Required("timestamp"), Required("amount"), Place("currency"), Place("type"), Place("label"));

        int Place(string name) => places.GetValueOrDefault(name, -1);

        int Required(string name) => places.TryGetValue(name, out int place)
            ? place
            : throw new FormatException($"The file has no column '{name}'. Its first line must name transaction_id, timestamp, amount, and may name account_id, counterparty_id, currency, type, label.");
    }

    /// <summary>Reads the current line.</summary>
    public TransactionCsvItem Parse(CsvDataReader csv, long line)
    {
        ReadOnlySpan<char> id = Field(csv, Id);
        if (id.IsEmpty || id.Length > LongestId)
        {
            return new TransactionCsvItem.Reject(line, $"transaction_id must have 1 to {LongestId} characters.");
        }

        if (Field(csv, Account).Length > LongestId || Field(csv, Counterparty).Length > LongestId)
        {
            return new TransactionCsvItem.Reject(line, $"account_id and counterparty_id may have at most {LongestId} characters.");
        }

        if (!TryTimestamp(Field(csv, Timestamp), out DateTimeOffset timestamp))
        {
            return new TransactionCsvItem.Reject(line, "timestamp must be ISO 8601, as 2026-03-01T09:30:00Z.");
        }

        if (!decimal.TryParse(Field(csv, Amount), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal amount))
        {
            return new TransactionCsvItem.Reject(line, "amount must be a plain decimal number, as 1234.50.");
        }

        return TryLabel(Field(csv, Label), out bool? label)
            ? new TransactionCsvItem.Row(
                line, id.ToString(), Text(csv, Account), Text(csv, Counterparty), timestamp, amount,
                Pooled(_currencies, Field(csv, Currency), CurrencyOf), Pooled(_types, Field(csv, Type), TypeOf), label)
            : new TransactionCsvItem.Reject(line, "label must be 1 (fraud), 0 (good) or empty (not inspected).");
    }

    /// <summary>ISO 8601 with the date first; other orders are ambiguous and not guessed at.</summary>
    private static bool TryTimestamp(ReadOnlySpan<char> text, out DateTimeOffset timestamp)
    {
        timestamp = default;
        return text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[7] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out timestamp);
    }

    private static bool TryLabel(ReadOnlySpan<char> text, out bool? label)
    {
        label = text switch
        {
            "0" or "0.0" or "false" or "False" => false,
            "1" or "1.0" or "true" or "True" => true,
            _ => null,
        };
        return label.HasValue || text.IsEmpty;
    }

    private static string CurrencyOf(string text) => text.Length == 0 ? "XXX" : text.ToUpperInvariant();

    private static string TypeOf(string text)
    {
        string name = string.Create(Math.Min(text.Length, LongestType), text, static (name, text) =>
        {
            for (int i = 0; i < name.Length; i++)
            {
                name[i] = char.IsAsciiLetterOrDigit(text[i]) ? char.ToLowerInvariant(text[i]) : '_';
            }
        });
        return name.Length == 0 ? "unknown" : name;
    }

    private static string Pooled(Dictionary<string, string> pool, ReadOnlySpan<char> text, Func<string, string> make)
    {
        if (pool.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out string? value))
        {
            return value;
        }

        string key = text.ToString();
        value = make(key);
        if (pool.Count < MostPooled)
        {
            pool.Add(key, value);
        }

        return value;
    }

    private static string? Text(CsvDataReader csv, int place) => Field(csv, place) is { IsEmpty: false } text ? text.ToString() : null;

    private static ReadOnlySpan<char> Field(CsvDataReader csv, int place) => place < 0 || place >= csv.RowFieldCount ? [] : csv.GetFieldSpan(place).Trim();
}
