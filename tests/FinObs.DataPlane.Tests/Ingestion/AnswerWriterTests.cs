using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class AnswerWriterTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TransactionItem[] Items =
    [
        new TransactionRequest { TransactionId = "a", Amount = "150000.10", Currency = "EUR", Timestamp = "1774951200" }.Validate(new(DateTimeOffset.UnixEpoch.AddYears(56).AddMonths(4), null, 0)),
        new TransactionRequest { TransactionId = "b \"q\" é", Amount = "0.0000000001", Timestamp = "1774951200" }.Validate(new(DateTimeOffset.UnixEpoch.AddYears(56).AddMonths(4), null, 1)),
        new TransactionRequest { TransactionId = "c" }.Validate(new(DateTimeOffset.UnixEpoch.AddYears(56), null, 2)),
    ];

    private static readonly TransactionOutcome[] Outcomes =
    [
        new TransactionOutcome.Scored(Samples.Result(((TransactionItem.Valid)Items[0]).Transaction, "webhook"), Replayed: true),
        new TransactionOutcome.Scored(Samples.Result(((TransactionItem.Valid)Items[1]).Transaction, "webhook") with { AnomalyScore = null }, Replayed: false),
        new TransactionOutcome.Rejected("c", ((TransactionItem.Invalid)Items[2]).Error),
    ];

    [Fact]
    public void An_answer_is_what_the_records_of_contracts_say()
    {
        IngestTotals totals = Totals();
        var expected = new IngestAnswer(
            2, 1, totals.Amount, [.. Outcomes.Select((o, i) => AnswerWriter.ToItem(o, i))], new SortedDictionary<string, decimal>(StringComparer.Ordinal) { ["EUR"] = 150000.1m, ["USD"] = 0.0000000001m }, ["x"]);

        string written = Write(w => w.WriteAnswer(Outcomes, totals, ["x"]));

        Assert.Equal(JsonSerializer.Serialize(expected, Relaxed), written);
    }

    [Fact]
    public void A_summary_is_what_its_record_says()
    {
        IngestTotals totals = Totals();
        var expected = new IngestSummary(2, 1, totals.Amount, 1, 1, totals.ByCurrency, ["x"], BodyProblem.Empty.Detail, BodyProblem.Empty.Code);
        var output = new ArrayBufferWriter<byte>();
        using var writer = new AnswerWriter(output);

        writer.WriteSummary(totals, ["x"], BodyProblem.Empty, output);

        Assert.Equal(JsonSerializer.Serialize(expected, Relaxed) + "\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Lines_follow_each_other()
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new AnswerWriter(output);

        foreach (TransactionOutcome outcome in Outcomes) writer.WriteLine(AnswerWriter.ToItem(outcome, 7), output);

        string[] lines = Encoding.UTF8.GetString(output.WrittenSpan).Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal(JsonSerializer.Serialize(AnswerWriter.ToItem(Outcomes[2], 7), Relaxed), lines[2]);
    }

    private static IngestTotals Totals()
    {
        var totals = new IngestTotals();
        for (int i = 0; i < Items.Length; i++) totals.Add(Items[i], Outcomes[i]);
        return totals;
    }

    private static string Write(Action<AnswerWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new AnswerWriter(output);
        write(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
