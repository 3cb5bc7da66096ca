using System.Diagnostics;
using System.Text;
using FinObs.Benchmarks.Load.Http;

namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>
/// A million transactions as NDJSON in one request, whose answer is read while it is sent. Its rounds are the tenths of the stream: they
/// show whether it slows down.
/// </summary>
internal sealed class StreamScenario : IScenario
{
    private const int BlockLines = 10_000;
    private const int Parts = 10;

    public string Name => "ndjson";

    public async Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken)
    {
        int blocks = Math.Max(Parts, settings.Lines / BlockLines);
        int lines = blocks * BlockLines;
        byte[][] body = [.. Enumerable.Range(0, blocks).Select(i => corpus.TakeLines(BlockLines, (long)i * BlockLines))];
        using BlockingConnection connection = new(rig.Port);
        List<double> rates = [];
        ProcessorTime before = rig.ProcessorTime();
        MemorySampler memory = new(() => rig.Host.ProcessId, () => connection.Answer.Lines);
        await using (memory)
        {
            Task sending = Task.Factory.StartNew(() => Send(connection, body), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            long start = Stopwatch.GetTimestamp();
            connection.Receive(() =>
            {
                if (connection.Answer.Lines >= (rates.Count + 1L) * lines / Parts)
                {
                    long now = Stopwatch.GetTimestamp();
                    rates.Add(lines / Parts / Stopwatch.GetElapsedTime(start, now).TotalSeconds);
                    start = now;
                }
            });
            await sending;
        }

        ProcessorTime used = rig.ProcessorTime() - before;
        long ingested = AnswerReader.NumberAfter(LastLine(connection.Answer), "\"ingested\":"u8);
        if (connection.Answer.Status != 200 || ingested != lines)
        {
            throw new InvalidDataException($"The stream ended with {connection.Answer.Status}: {Encoding.UTF8.GetString(LastLine(connection.Answer))}");
        }

        StoredTransactions stored = await StoredTransactions.CheckAsync(rig.Database, Name, lines);
        return new Outcome(
            Name, rig.Database.Name, "tx/s", rates, null, $"resident memory of the data plane over the stream: {memory.Course(Parts)}, at most {memory.Peak:0} MB", used.Shares,
            $"one stream of {lines:N0} lines, the spread is that of its tenths; {stored}");
    }

    private static void Send(BlockingConnection connection, byte[][] body)
    {
        connection.Send(BlockingConnection.Head("POST", "/webhooks/transactions?source=ndjson", "application/x-ndjson"));
        foreach (byte[] block in body)
        {
            connection.SendChunk(block);
        }

        connection.SendChunk([]);
    }

    private static ReadOnlySpan<byte> LastLine(AnswerReader answer)
    {
        ReadOnlySpan<byte> end = answer.BodyEnd.TrimEnd((byte)'\n');
        return end[(end.LastIndexOf((byte)'\n') + 1)..];
    }
}
