using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;

namespace FinObs.Benchmarks.Ingestion;

/// <summary>The doors' share of a batch of 10,000: reading and validating it, writing its answer.</summary>
[MemoryDiagnoser]
public class IngestionBenchmarks
{
    private const int Count = 10_000;

    private readonly ArrayBufferWriter<byte> _output = new(8 * 1024 * 1024);
    private byte[] _body = [];
    private TransactionRequestContext _context;
    private TransactionOutcome[] _outcomes = [];
    private IngestTotals _totals = new();

    [GlobalSetup]
    public void Setup()
    {
        SimulatedTransaction[] transactions = [.. Simulator.Generate(Simulator.DefaultSeed, Count, Simulator.DefaultStart)];
        _context = new TransactionRequestContext(transactions[^1].Timestamp, null, 0);
        _body = Encoding.UTF8.GetBytes($"[{string.Join(',', transactions.Select(Json))}]");
        var items = ((TransactionBody.Read)TransactionBody.Parse(_body, Count, strict: false, _context)).Items;
        _outcomes = [.. items.Select(item => Outcome(((TransactionItem.Valid)item).Transaction))];
        for (int i = 0; i < Count; i++) _totals.Add(items[i], _outcomes[i]);
    }

    [Benchmark]
    public object Read_and_validate_10000() => TransactionBody.Parse(_body, Count, strict: false, _context);

    [Benchmark]
    public int Write_the_answer_of_10000()
    {
        _output.ResetWrittenCount();
        using var writer = new AnswerWriter(_output);
        writer.WriteAnswer(_outcomes, _totals, []);
        return _output.WrittenCount;
    }

    private static string Json(SimulatedTransaction t) =>
        $$"""{"transaction_id":"{{t.TransactionId}}","amount":{{t.Amount}},"currency":"{{t.Currency}}","type":"{{t.Type}}","timestamp":"{{t.Timestamp:yyyy-MM-ddTHH:mm:ssZ}}","account":"{{t.AccountId}}","counterparty":"{{t.CounterpartyId}}","direction":"{{(t.IsCredit ? "credit" : "debit")}}"}""";

    private static TransactionOutcome.Scored Outcome(NewTransaction transaction) => new(
        new TransactionResult(
            transaction.TransactionId, Decision.Approve, 0.123456, RiskLevel.Low, [], "finobs-built-in@1.0.0", true, "webhook", "0af7651916cd43dd8448eb211c80319c",
            Guid.CreateVersion7(transaction.OccurredAt)),
        Replayed: false);
}
