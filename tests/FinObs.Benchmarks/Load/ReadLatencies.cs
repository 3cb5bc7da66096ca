using System.Diagnostics;
using FinObs.Benchmarks.Load.Http;

namespace FinObs.Benchmarks.Load;

/// <summary>How long reading takes, one request after the other on one connection.</summary>
internal sealed class ReadLatencies
{
    private const int Seed = 20_260_101;

    /// <summary>The newest 50.</summary>
    public LatencyHistogram List { get; } = new();

    /// <summary>The newest 50 of one account.</summary>
    public LatencyHistogram AccountList { get; } = new();

    /// <summary>One by its sender's id, with features, explanation and proof.</summary>
    public LatencyHistogram One { get; } = new();

    /// <param name="port">Of the data plane.</param>
    /// <param name="source">Whose transactions, numbered from 0, are asked for.</param>
    /// <param name="stored">How many there are.</param>
    /// <param name="reads">Requests of each kind.</param>
    public static ReadLatencies Measure(int port, string source, long stored, int reads)
    {
        // The first requests open connections to the database and compile what they touch: not what is measured.
        Read(port, source, stored, Math.Max(20, reads / 10));
        return Read(port, source, stored, reads);
    }

    public void Add(ReadLatencies other)
    {
        List.Add(other.List);
        AccountList.Add(other.AccountList);
        One.Add(other.One);
    }

    public override string ToString() => $"list {Text(List)}, one account's {Text(AccountList)}, one {Text(One)} (median / p99 ms)";

    private static ReadLatencies Read(int port, string source, long stored, int reads)
    {
        ReadLatencies latencies = new();
        Random random = new(Seed);
        using BlockingConnection connection = new(port);
        for (int i = 0; i < reads; i++)
        {
            Get(connection, "/v1/transactions?limit=50", latencies.List);
            Get(connection, $"/v1/transactions?limit=50&account=occ-{random.Next(90_000):D6}", latencies.AccountList);
            Get(connection, $"/v1/transactions/load-{random.NextInt64(stored):D12}?source={source}", latencies.One);
        }

        return latencies;
    }

    private static void Get(BlockingConnection connection, string path, LatencyHistogram latency)
    {
        long start = Stopwatch.GetTimestamp();
        AnswerReader answer = connection.Get(path);
        latency.Record(Stopwatch.GetElapsedTime(start));
        if (answer.Status != 200)
        {
            throw new InvalidDataException($"GET {path} was answered {answer.Status}.");
        }
    }

    private static string Text(LatencyHistogram latency) => $"{latency.Percentile(0.5).TotalMilliseconds:0.00} / {latency.Percentile(0.99).TotalMilliseconds:0.00}";
}
