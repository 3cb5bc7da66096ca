using System.Buffers;
using System.Globalization;
using System.Text;

namespace FinObs.DataPlane.Exports.Writing;

/// <summary>
/// RFC 4180 with a header line, UTF-8, CRLF. A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection"): it begins with =, +, -, @, tab or carriage return, also in
/// its full-width form. Numbers stay as they are.
/// </summary>
internal sealed class CsvRows : IExportRows
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n＝＋－＠");
    private readonly StringBuilder _line = new();

    public string MediaType => "text/csv; charset=utf-8; header=present";

    public byte[] Begin(IReadOnlyList<ExportColumn> columns) => Line([.. columns.Select(column => column.Name)]);

    public byte[] Row(IReadOnlyList<ExportColumn> columns, object?[] values) => Line(values);

    public byte[] End() => [];

    private byte[] Line(object?[] values)
    {
        _line.Clear();
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0) _line.Append(',');
            Append(values[i]);
        }

        return Encoding.UTF8.GetBytes(_line.Append("\r\n").ToString());
    }

    private void Append(object? value)
    {
        string text = ExportValues.TextOf(value);
        if (value is string && text.Length > 0 && Formula.Contains(text[0])) text = "'" + text;
        if (text.AsSpan().IndexOfAny(Quoted) < 0)
        {
            _line.Append(text);
            return;
        }

        _line.Append(CultureInfo.InvariantCulture, $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }
}
