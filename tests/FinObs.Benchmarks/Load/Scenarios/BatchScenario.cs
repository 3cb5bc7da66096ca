using System.Diagnostics;
using FinObs.Benchmarks.Load.Http;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>POSTs of 10,000 transactions, one after the other on one connection; the bodies are written before the clock starts.</summary>
internal sealed class BatchScenario : IScenario
{
    private const int Size = 10_000;

    public string Name => "batch";

    public async Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken)
    {
        using BlockingConnection connection = new(rig.Port);
        LatencyHistogram latency = new();
        ProcessorTime used = default;
        List<double> rates = [];
        int sent = 0;
        long flagged = 0;
        for (int round = 0; round < settings.Rounds; round++)
        {
            byte[][] bodies = [.. Enumerable.Range(0, settings.Batches).Select(i => corpus.TakeArray(Size, sent + (i * Size)))];
            ProcessorTime before = rig.ProcessorTime();
            long start = Stopwatch.GetTimestamp();
            foreach (byte[] body in bodies)
            {
                cancellationToken.ThrowIfCancellationRequested();
                flagged += PostOne(connection, body, latency);
            }

            rates.Add(Size * bodies.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
            used += rig.ProcessorTime() - before;
            sent += Size * bodies.Length;
        }

        StoredTransactions stored = await StoredTransactions.CheckAsync(rig.Database, Name, sent);
        return new Outcome(
            Name, rig.Database.Name, "tx/s", rates, rig.Database.Kind == DatabaseKind.Sqlite ? 40_000 : 50_000,
            $"a batch: median {latency.Percentile(0.5).TotalMilliseconds:0} ms, longest {latency.Max.TotalMilliseconds:0} ms", used.Shares,
            $"{settings.Rounds} rounds of {settings.Batches} POSTs of {Size:N0}, {(double)flagged / sent:0.0 %} flagged and explained; {stored}");
    }

    private static long PostOne(BlockingConnection connection, byte[] body, LatencyHistogram latency)
    {
        long start = Stopwatch.GetTimestamp();
        AnswerReader answer = connection.Post("/webhooks/transactions?source=batch", body);
        latency.Record(Stopwatch.GetElapsedTime(start));
        return answer.Status == 200 && AnswerReader.NumberAfter(answer.BodyStart, "\"ingested\":"u8) == Size
            ? answer.Flagged
            : throw new InvalidDataException($"A batch was answered {answer.Status}: {System.Text.Encoding.UTF8.GetString(answer.BodyStart)}");
    }
}
