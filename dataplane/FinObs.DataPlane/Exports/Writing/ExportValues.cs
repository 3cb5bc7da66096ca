using System.Globalization;

namespace FinObs.DataPlane.Exports.Writing;

/// <summary>Rows as bytes of one form.</summary>
internal interface IExportRows
{
    string MediaType { get; }

    byte[] Begin(IReadOnlyList<ExportColumn> columns);

    byte[] Row(IReadOnlyList<ExportColumn> columns, object?[] values);

    byte[] End();
}

/// <summary>The forms by name, and a value's text in each.</summary>
internal static class ExportValues
{
    public static IExportRows Rows(string format) => format switch
    {
        "csv" => new CsvRows(),
        "json" => new JsonRows(),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "csv or json"),
    };

    /// <summary>Numbers without rounding and grouping, times in UTC with microseconds, nothing for null.</summary>
    public static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A value of type {value.GetType().Name} has no form in an export.", nameof(value)),
    };
}
