using System.Globalization;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.Validation;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Decisions.Rules.Reading;

/// <summary>
/// Reads the fields of one object of a rules file. What is wrong is collected, with what is allowed, and a value that fits goes on in its place: so one look at a file finds all that is wrong with it.
/// </summary>
internal sealed class RuleReader(JsonObject json, string path, string baseCurrency, List<FieldError> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string BaseCurrency => baseCurrency;

    public bool Has(string name)
    {
        _known.Add(name);
        return json[name] is not null;
    }

    public void Refuse(string name, string message) => errors.Add(new FieldError(path.Length == 0 ? name : $"{path}.{name}", message));

    /// <summary>To be called last: a misspelt field must not pass for one that was left out.</summary>
    public void RefuseOthers(string what)
    {
        foreach ((string name, _) in json)
        {
            if (!_known.Contains(name))
            {
                Refuse(name, $"is no field of {what}; allowed are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
            }
        }
    }

    public string Text(string name, int most = 200)
    {
        string? text = TextOrNull(name, most);
        if (text is null && json[name] is null)
        {
            Refuse(name, "is required");
        }

        return text ?? "";
    }

    public string? TextOrNull(string name, int most = 200)
    {
        if (!Has(name))
        {
            return null;
        }

        if (json[name] is JsonValue value && value.TryGetValue(out string? text) && text.Trim() is { Length: > 0 } trimmed && trimmed.Length <= most)
        {
            return trimmed;
        }

        Refuse(name, $"must be text of 1 to {most} characters");
        return null;
    }

    public string Choice(string name, IReadOnlyList<string> allowed)
    {
        if (!Has(name))
        {
            return allowed[0];
        }

        if (json[name] is JsonValue value && value.TryGetValue(out string? text) && allowed.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        Refuse(name, $"must be one of {string.Join(", ", allowed)}");
        return allowed[0];
    }

    public bool Truth(string name, bool otherwise)
    {
        if (!Has(name))
        {
            return otherwise;
        }

        if (json[name] is JsonValue value && value.TryGetValue(out bool truth))
        {
            return truth;
        }

        Refuse(name, "must be true or false");
        return otherwise;
    }

    public int Whole(string name, int least, int most)
    {
        int? number = WholeOrNull(name, least, most);
        if (number is null && json[name] is null)
        {
            Refuse(name, $"is required: a whole number from {least} to {most}");
        }

        return number ?? least;
    }

    public int? WholeOrNull(string name, int least, int most)
    {
        if (!Has(name))
        {
            return null;
        }

        if (json[name] is JsonValue value && value.TryGetValue(out long number) && number >= least && number <= most)
        {
            return (int)number;
        }

        Refuse(name, $"must be a whole number from {least} to {most}");
        return null;
    }

    public decimal Number(string name)
    {
        if (Decimal(name) is { } number)
        {
            return number;
        }

        Refuse(name, "must be a number");
        return 0;
    }

    /// <summary>An amount in the rule's <c>currency</c>.</summary>
    public RuleAmount Amount(string name)
    {
        RuleAmount? amount = AmountOrNull(name);
        if (amount is null && json[name] is null)
        {
            Refuse(name, "is required: an amount greater than zero");
        }

        return amount ?? new RuleAmount(1, baseCurrency);
    }

    public RuleAmount? AmountOrNull(string name)
    {
        _known.Add("currency");
        if (!Has(name))
        {
            return null;
        }

        if (Decimal(name) is { } amount and > 0 and <= 1_000_000_000_000m)
        {
            return new RuleAmount(amount, Currency());
        }

        Refuse(name, "must be an amount greater than zero, such as 10000 or \"9999.99\"");
        return null;
    }

    /// <summary>Texts such as <c>15m</c>, <c>24h</c> or <c>7d</c>.</summary>
    public TimeSpan Duration(string name, TimeSpan longest)
    {
        string? text = Has(name) && json[name] is JsonValue value && value.TryGetValue(out string? given) ? given : null;
        if (text is { Length: >= 2 } && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 100_000)
        {
            TimeSpan duration = text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => default };
            if (duration > TimeSpan.Zero && duration <= longest)
            {
                return duration;
            }
        }

        Refuse(name, $"must be a time such as 15m, 24h or 7d, at most {longest.Days}d");
        return TimeSpan.FromHours(1);
    }

    public DateTimeOffset? Instant(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        if (json[name] is JsonValue value && value.TryGetValue(out string? text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant))
        {
            return instant;
        }

        Refuse(name, "must be an ISO 8601 instant such as 2026-01-31T00:00:00Z");
        return null;
    }

    public TimeOnly Clock(string name)
    {
        if (Has(name) && json[name] is JsonValue value && value.TryGetValue(out string? text) && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly clock))
        {
            return clock;
        }

        Refuse(name, "must be a time of day in quotes, such as \"08:00\"");
        return default;
    }

    public TimeZoneInfo Zone(string name)
    {
        string id = TextOrNull(name) ?? "UTC";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone))
        {
            return zone;
        }

        Refuse(name, "must be an IANA zone such as America/New_York");
        return TimeZoneInfo.Utc;
    }

    private static readonly string[] DayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>Monday to Friday unless said otherwise.</summary>
    public IReadOnlyList<DayOfWeek> Days(string name) => Has(name)
        ? [.. Texts(name, DayNames).Select(day => (DayOfWeek)Array.IndexOf(DayNames, day))]
        : [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    /// <summary>Two letters, as they are sent: upper case, or lower case throughout.</summary>
    public IReadOnlyList<string> Countries(string name)
    {
        string[] codes = [.. Texts(name)];
        if (codes.Length == 0 || !Array.TrueForAll(codes, static code => code.Length == 2 && code.All(char.IsAsciiLetterUpper)))
        {
            Refuse(name, "must be a list of ISO 3166 codes such as [US, CA]; put NO in quotes, which YAML takes for false");
        }

        return [.. codes, .. codes.Select(code => code.ToLowerInvariant())];
    }

    public RuleField Field(string name)
    {
        if (RuleField.Parse(TextOrNull(name) ?? "") is { } field)
        {
            return field;
        }

        Refuse(name, $"must be {RuleField.Allowed}");
        return RuleField.Parse("account")!;
    }

    /// <summary>The name of a list; that there is one, is looked at when all files are read.</summary>
    public string List(string name) => Text(name, 63);

    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string>? allowed = null)
    {
        if (!Has(name))
        {
            return [];
        }

        if (json[name] is not JsonArray array || array.Count > 10_000)
        {
            Refuse(name, "must be a list of texts in brackets");
            return [];
        }

        List<string> texts = new(array.Count);
        for (int i = 0; i < array.Count; i++)
        {
            string? text = array[i] is JsonValue value ? (value.TryGetValue(out string? given) ? given : value.ToJsonString()) : null;
            if (text is { Length: > 0 and <= 200 } && (allowed is null || allowed.Contains(text, StringComparer.Ordinal)))
            {
                texts.Add(text);
            }
            else
            {
                Refuse($"{name}[{i}]", allowed is null ? "must be text of 1 to 200 characters" : $"must be one of {string.Join(", ", allowed)}");
            }
        }

        return texts;
    }

    /// <summary>An object within this one; an empty one where it is left out.</summary>
    public RuleReader Object(string name)
    {
        if (Has(name) && json[name] is not JsonObject)
        {
            Refuse(name, "must be an object");
        }

        return new RuleReader(json[name] as JsonObject ?? [], path.Length == 0 ? name : $"{path}.{name}", baseCurrency, errors);
    }

    /// <summary>A duration for people.</summary>
    public static string Words(TimeSpan duration) =>
        duration.Ticks % TimeSpan.TicksPerDay == 0 ? FormattableString.Invariant($"{duration.TotalDays} d")
        : duration.Ticks % TimeSpan.TicksPerHour == 0 ? FormattableString.Invariant($"{duration.TotalHours} h")
        : duration.Ticks % TimeSpan.TicksPerMinute == 0 ? FormattableString.Invariant($"{duration.TotalMinutes} min")
        : FormattableString.Invariant($"{duration.TotalSeconds} s");

    private string Currency()
    {
        string currency = TextOrNull("currency") ?? baseCurrency;
        if (!Currencies.IsKnown(currency))
        {
            Refuse("currency", "must be an ISO 4217 code such as USD");
        }

        return currency;
    }

    private decimal? Decimal(string name)
    {
        _known.Add(name);
        return json[name] is JsonValue value && decimal.TryParse(
            value.TryGetValue(out string? text) ? text : value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;
    }
}
