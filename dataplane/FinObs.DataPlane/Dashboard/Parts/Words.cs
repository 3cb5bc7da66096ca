using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Dashboard.Parts;

/// <summary>How figures and names are written, on every page the same.</summary>
internal static class Words
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>With the currency's own number of decimals: 48,200.00 in USD, 48,200 in JPY.</summary>
    public static string Money(decimal amount, string currency) => amount.ToString($"N{Currencies.Exponent(currency)}", Plain);

    /// <summary>Four decimals, as everywhere.</summary>
    public static string Score(double? score) => score is { } value ? value.ToString("0.0000", Plain) : "";

    /// <summary>How rare a score is: <c>1 in 770</c>.</summary>
    public static string OneIn(double? score) => score switch
    {
        null => "",
        >= 1 => "beyond the training window",
        { } value when 1 - value > 0.5 => "ordinary",
        { } value => $"1 in {Rounded(1 / (1 - value))}",
    };

    /// <summary>Two figures that count, with separators.</summary>
    public static string Rounded(double value)
    {
        if (value < 10) return value.ToString("0.#", Plain);
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return (Math.Round(value / unit) * unit).ToString("N0", Plain);
    }

    public static string Count(long count) => count.ToString("N0", Plain);

    public static string Percent(double share, int digits = 2) => (100 * share).ToString($"F{digits}", Plain) + " %";

    public static string Number(double value, int digits) => value.ToString($"F{digits}", Plain);

    /// <summary>A feature's value as it is: whole numbers without decimals.</summary>
    public static string FeatureValue(double value) =>
        (value == Math.Floor(value) && Math.Abs(value) < 1e9 ? value.ToString("N0", Plain) : value.ToString(Math.Abs(value) < 100 ? "N2" : "N0", Plain)).Replace('-', '−');

    /// <summary>A duration of a machine: 340 µs, 9.1 ms, 1.2 s.</summary>
    public static string Short(double milliseconds) => milliseconds switch
    {
        < 1 => $"{(1000 * milliseconds).ToString("0", Plain)} µs",
        < 1000 => $"{milliseconds.ToString("0.0", Plain)} ms",
        _ => $"{(milliseconds / 1000).ToString("0.0", Plain)} s",
    };

    /// <summary>With its sign: +2.41.</summary>
    public static string Signed(double value) => value.ToString("+0.00;−0.00;0.00", Plain);

    /// <summary>To two figures, with a floor.</summary>
    public static string PValue(double? p) => p switch
    {
        null => "",
        < 0.0001 => "<.0001",
        { } value => value.ToString("0.00##", Plain),
    };

    /// <summary>As the beginning of a sentence.</summary>
    public static string Sentence(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    public static string Verb(Decision decision) => decision switch
    {
        Decision.Approve => "Approve",
        Decision.Review => "Review",
        _ => "Block",
    };

    public static string Past(Decision decision) => decision switch
    {
        Decision.Approve => "Approved",
        Decision.Review => "Sent to review",
        _ => "Blocked",
    };

    /// <summary>After "would be".</summary>
    public static string Would(Decision decision) => Past(decision).ToLowerInvariant();

    public static string Css(Decision decision) => decision switch
    {
        Decision.Approve => "approve",
        Decision.Review => "review",
        _ => "block",
    };

    /// <summary>A catalogue name as people say it: <c>amount_z_account@1</c> → amount z account.</summary>
    public static string Feature(string name) => (name.IndexOf('@', StringComparison.Ordinal) is var at and > 0 ? name[..at] : name).Replace('_', ' ');

    /// <summary>An actor without the noise: the last characters tell people apart.</summary>
    public static string Actor(string actor) => actor.StartsWith("user:", StringComparison.Ordinal) && actor.Length > 13 ? $"user …{actor[^8..]}" : actor;

    /// <summary>Version 7 ids begin with their time, so neighbours look alike: the end tells them apart.</summary>
    public static string Tail(string id) => id.Length <= 10 ? id : $"…{id[^8..]}";

    public static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalMinutes: < 1 } short_ => $"{short_.TotalSeconds:0} s",
        { TotalHours: < 1 } minutes => $"{minutes.TotalMinutes:0} min",
        { TotalDays: < 1 } hours => $"{(int)hours.TotalHours} h {hours.Minutes} min",
        var days => $"{(int)days.TotalDays} d {days.Hours} h",
    };

    public static string Plural(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{Count(count)} {many}";

    /// <summary>For attributes of a drawing.</summary>
    public static string N(double value) => value.ToString("0.##", Plain);

    /// <summary>An act in people's words: <c>decision.overridden</c> → decision overridden.</summary>
    public static string Act(string kind) => kind.Replace('.', ' ').Replace('_', ' ');

    /// <summary>The scale of scores: how many times rarer than one in one, in powers of ten; at most 4.</summary>
    public static double TailOf(double score) => score >= 1 ? 4 : Math.Min(4, -Math.Log10(1 - score));
}
