using System.Text;
using FinObs.DataPlane.Exports;
using FinObs.DataPlane.Exports.Writing;

namespace FinObs.DataPlane.Tests.Exports;

public class CsvRowsTests
{
    /// <summary>The characters that OWASP's page "CSV Injection" names.</summary>
    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void A_text_that_a_spreadsheet_would_take_for_a_formula_gets_an_apostrophe(string value, string expected) => Assert.Equal(expected + "\r\n", Row(value));

    [Fact]
    public void Numbers_stay_numbers_and_are_not_rounded() => Assert.Equal("-5.1000000001,0.30000000000000004,true,,2026-01-02T03:04:05.000000Z\r\n",
        Row(-5.1000000001m, 0.1 + 0.2, true, null, new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1))));

    [Fact]
    public void Quotes_commas_and_line_ends_are_quoted_as_in_rfc_4180() => Assert.Equal("\"a,b\",\"c\"\"d\",\"e\r\nf\"\r\n", Row("a,b", "c\"d", "e\r\nf"));

    private static string Row(params object?[] values) => Encoding.UTF8.GetString(new CsvRows().Row([.. values.Select((_, i) => new ExportColumn($"c{i}"))], values));
}
