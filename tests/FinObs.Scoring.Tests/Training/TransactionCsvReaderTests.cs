using System.IO.Compression;
using System.Text;
using CsCheck;
using FinObs.Scoring.Training;

namespace FinObs.Scoring.Tests.Training;

public sealed class TransactionCsvReaderTests
{
    private const string Header = "transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label";

    [Fact]
    public void A_row_is_read_whatever_the_order_of_columns_and_the_extras()
    {
        TransactionCsvItem.Row row = Row("label,extra,amount,Type, timestamp ,currency,transaction_id,counterparty_id,account_id\n1,?,12.50,Card,2026-03-01T09:30:00Z,eur,t1,c1,a1");
        Assert.Equal(
            new TransactionCsvItem.Row(2, "t1", "a1", "c1", new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero), 12.50m, "EUR", "card", true), row);
    }

    [Fact]
    public void What_is_absent_or_empty_is_unknown()
    {
        TransactionCsvItem.Row row = Row("transaction_id,timestamp,amount\nt1,2026-03-01,5");
        Assert.Equal((null, null, "XXX", "unknown", null), (row.AccountId, row.CounterpartyId, row.Currency, row.Type, row.Label));
        Assert.Null(Row($"{Header}\nt1,,,2026-03-01T00:00:00Z,5,,,").Label);
    }

    [Theory]
    [InlineData("WIRE TRANSFER", "wire_transfer")]
    [InlineData("CASH-OUT", "cash_out")]
    [InlineData("es_transportation", "es_transportation")]
    [InlineData("Überweisung", "_berweisung")]
    public void Types_become_lower_snake_case(string written, string read) =>
        Assert.Equal(read, Row($"{Header}\nt1,a,c,2026-03-01T00:00:00Z,5,EUR,{written},0").Type);

    [Theory]
    [InlineData("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z")]
    [InlineData("2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00Z")]
    [InlineData("2026-03-01 09:30:00", "2026-03-01T09:30:00Z")]
    [InlineData("2026-03-01T09:30:00.123456Z", "2026-03-01T09:30:00.123456Z")]
    public void Timestamps_are_UTC_unless_they_say_otherwise(string written, string read) =>
        Assert.Equal(DateTimeOffset.Parse(read), Row($"{Header}\nt1,a,c,{written},5,EUR,card,0").Timestamp);

    [Theory]
    [InlineData(",a,c,2026-03-01T00:00:00Z,5,EUR,card,0", "transaction_id")]
    [InlineData("t1,a,c,01/03/2026,5,EUR,card,0", "timestamp")]
    [InlineData("t1,a,c,,5,EUR,card,0", "timestamp")]
    [InlineData("t1,a,c,2026-02-30T00:00:00Z,5,EUR,card,0", "timestamp")]
    [InlineData("t1,a,c,2026-03-01T00:00:00Z,NaN,EUR,card,0", "amount")]
    [InlineData("t1,a,c,2026-03-01T00:00:00Z,,EUR,card,0", "amount")]
    [InlineData("t1,a,c,2026-03-01T00:00:00Z,1e99,EUR,card,0", "amount")]
    [InlineData("t1,a,c,2026-03-01T00:00:00Z,5,EUR,card,maybe", "label")]
    [InlineData("t1", "timestamp")]
    public void A_bad_line_is_reported_with_its_number_and_the_others_are_read(string line, string field)
    {
        TransactionCsvItem[] items = Read($"{Header}\nt0,a,c,2026-03-01T00:00:00Z,5,EUR,card,0\n{line}\nt2,a,c,2026-03-01T00:00:00Z,5,EUR,card,1\n");
        Assert.Equal(3, items.Length);
        var reject = Assert.IsType<TransactionCsvItem.Reject>(items[1]);
        Assert.Equal(3, reject.Line);
        Assert.StartsWith(field, reject.Reason);
        Assert.Equal("t2", Assert.IsType<TransactionCsvItem.Row>(items[2]).TransactionId);
    }

    [Fact]
    public void Line_numbers_count_breaks_within_quotes()
    {
        TransactionCsvItem[] items = Read($"{Header}\n\"t\n1\",a,c,2026-03-01T00:00:00Z,5,EUR,card,0\nt2,a,c,never,5,EUR,card,0\n");
        Assert.Equal("t\n1", Assert.IsType<TransactionCsvItem.Row>(items[0]).TransactionId);
        Assert.Equal(4, items[1].Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b,c\n1,2,3")]
    [InlineData("transaction_id,timestamp\nt,2026-01-01")]
    public void Without_its_columns_a_file_is_refused(string text) => Assert.Throws<FormatException>(() => Read(text));

    [Fact]
    public void A_compressed_file_is_recognised_by_its_bytes()
    {
        Assert.Equal("t1", Assert.IsType<TransactionCsvItem.Row>(Assert.Single(Read(Compressed(Lines(1))))).TransactionId);
    }

    [Fact]
    public void Damaged_compression_ends_the_file_with_a_reject()
    {
        byte[] bytes = Compressed(Lines(20_000));
        TransactionCsvItem[] items = Read(bytes[..(bytes.Length / 2)]);
        Assert.All(items[..^1], item => Assert.True(item is TransactionCsvItem.Row or TransactionCsvItem.Reject));
        Assert.True(items.Length < 20_000);
    }

    [Fact]
    public void Whatever_the_bytes_reading_ends_and_throws_nothing_else() =>
        Gen.Select(Gen.String[Gen.Char["abz,\"\n\r;0123-:T\0"], 0, 200], Gen.Bool).Sample((text, withHeader) =>
        {
            try
            {
                _ = Read(withHeader ? $"{Header}\n{text}" : text);
            }
            catch (FormatException)
            {
            }
        }, iter: 500);

    private static string Lines(int count) =>
        Header + "\n" + string.Join('\n', Enumerable.Range(1, count).Select(i => $"t{i},a{i * 7919 % 1000},c,2026-03-01T00:00:00Z,{i * 31 % 977},EUR,card,0"));

    private static TransactionCsvItem.Row Row(string text) => Assert.IsType<TransactionCsvItem.Row>(Assert.Single(Read(text)));

    private static TransactionCsvItem[] Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static TransactionCsvItem[] Read(byte[] bytes)
    {
        using var reader = new TransactionCsvReader(new MemoryStream(bytes));
        return [.. reader.Read()];
    }

    private static byte[] Compressed(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
