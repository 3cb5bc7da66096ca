using System.IO.Compression;
using System.Text;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Training;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class TransactionImporterTests
{
    private const string File = """
        transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label,extra
        t1,a1,c1,2026-01-01T00:00:00Z,12.50,EUR,card,0,x
        t2,a1,,2026-01-01T00:01:00Z,-20000,USD,wire,1,x
        t3,a1,c1,2026-01-01T00:02:00Z,0,USD,card,,x
        t4,a1,c1,not a time,1,USD,card,,x
        t1,a1,c1,2026-01-01T00:00:00Z,12.5,EUR,card,0,x
        t1,a1,c1,2026-01-01T00:00:00Z,13,EUR,card,0,x
        t5,a1,c1,2026-01-01T00:03:00Z,0,USD,card,,x
        """;

    private readonly FakePipeline _pipeline = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Good_lines_are_stored_and_bad_ones_counted_by_reason_with_their_first_lines()
    {
        ImportSummary summary = await ImportAsync(File);

        Assert.Equal((7, 3, 1, 1, 4), (summary.Rows, summary.Totals.Ingested, summary.Totals.Replayed, summary.Totals.Conflicts, summary.Rejects));
        Assert.Equal(1, summary.Totals.Flagged);
        ImportSummary.RejectReason most = summary.Reasons.First();
        Assert.Equal(("amount_not_positive", 2), (most.Code, most.Count));
        Assert.Equal([4, 8], most.Lines);
        Assert.Equal(["amount_not_positive", "conflict", "line_unreadable"], summary.Reasons.Select(r => r.Code).Order(StringComparer.Ordinal));
        Assert.Null(summary.StoppedBecause);
    }

    [Fact]
    public async Task The_sign_is_the_direction_and_the_label_comes_along()
    {
        await ImportAsync(File);

        NewTransaction[] stored = [.. _pipeline.Batches.SelectMany(b => b.Items).OfType<TransactionItem.Valid>().Select(v => v.Transaction)];
        Assert.Equal((12.5m, false, false), (stored[0].Amount, stored[0].IsCredit, stored[0].Label));
        Assert.Equal((20000m, true, true), (stored[1].Amount, stored[1].IsCredit, stored[1].Label));
        Assert.Equal("wire_transfer", stored[1].Type);
        Assert.Null(stored[1].CounterpartyId);
    }

    [Fact]
    public async Task Running_it_again_stores_nothing_twice()
    {
        await ImportAsync(File);

        ImportSummary again = await ImportAsync(File);

        Assert.Equal(2, _pipeline.Stored);
        Assert.Equal(again.Totals.Ingested, again.Totals.Replayed);
    }

    [Fact]
    public async Task An_import_that_stopped_is_completed_by_the_next()
    {
        string file = "transaction_id,timestamp,amount\n" + string.Concat(Enumerable.Range(0, 12_000).Select(i => $"n{i},2026-01-01T00:00:00Z,1\n"));
        int batches = 0;
        _pipeline.BeforeEach = _ =>
        {
            if (++batches == 2) _pipeline.Failures.Enqueue(new PipelineUnavailableException("away"));
            return Task.CompletedTask;
        };

        ImportSummary stopped = await ImportAsync(file);
        ImportSummary completed = await ImportAsync(file);

        Assert.NotNull(stopped.StoppedBecause);
        Assert.Equal(5_000, stopped.Totals.Ingested);
        Assert.Equal((12_000, 5_000), (completed.Totals.Ingested, completed.Totals.Replayed));
        Assert.Equal(12_000, _pipeline.Stored);
    }

    [Fact]
    public async Task A_limit_is_kept() => Assert.Equal(2, (await ImportAsync(File, limit: 2)).Rows);

    [Fact]
    public async Task A_packed_file_is_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(File), TestContext.Current.CancellationToken);
        }

        packed.Position = 0;
        Assert.Equal(7, (await ImportAsync(packed, long.MaxValue, null)).Rows);
    }

    [Fact]
    public async Task Rejects_are_written_line_by_line_on_request()
    {
        var rejects = new StringWriter();

        await ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(File)), long.MaxValue, rejects);

        string[] lines = rejects.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("line,code,reason", lines[0]);
        Assert.Equal(["4", "5", "7", "8"], lines[1..].Select(l => l.Split(',')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_summary_says_it_in_words()
    {
        var output = new StringWriter();

        (await ImportAsync(File)).WriteTo(output);

        Assert.Contains("7 rows: 2 stored, 1 stored already, 4 rejected.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 × amount_not_positive", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("(line 4, 8)", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2_000, true)]
    [InlineData(20_000, 2_000, true)]
    [InlineData(1, 500, false)]
    public async Task A_rate_far_from_the_usual_points_to_the_model(int amount, int rows, bool hinted)
    {
        var output = new StringWriter();
        string file = "transaction_id,timestamp,amount\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"n{i},2026-01-01T00:00:00Z,{amount}\n"));

        (await ImportAsync(file)).WriteTo(output);

        Assert.Equal(hinted, output.ToString().Contains("Train a model", StringComparison.Ordinal));
    }

    private Task<ImportSummary> ImportAsync(string file, long limit = long.MaxValue) => ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file)), limit, null);

    private async Task<ImportSummary> ImportAsync(MemoryStream file, long limit, TextWriter? rejects)
    {
        using var reader = new TransactionCsvReader(file);
        return await new TransactionImporter(_pipeline, _time).ImportAsync(reader, new ImportSettings("default", "import", limit), () => { }, rejects, TestContext.Current.CancellationToken);
    }
}
