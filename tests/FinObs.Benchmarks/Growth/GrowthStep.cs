using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Soak;

namespace FinObs.Benchmarks.Growth;

/// <summary>What a step of growth took, and how the data plane stands after it.</summary>
/// <param name="Stored">Transactions there are now.</param>
/// <param name="Rate">Transactions a second of this step.</param>
/// <param name="Batch">Latency of its POSTs of 10,000.</param>
/// <param name="Reads">After it.</param>
/// <param name="Start">Of a process started after it.</param>
/// <param name="Bytes">Of the database's files.</param>
internal sealed record GrowthStep(long Stored, double Rate, LatencyHistogram Batch, ReadLatencies Reads, StartFigures Start, long Bytes)
{
    private const double Gigabyte = 1e9;

    public string[] Cells =>
    [
        $"{Stored:N0}", $"{Rate:N0}", $"{Milliseconds(Batch, 0.5):0} / {Batch.Max.TotalMilliseconds:0}", Pair(Reads.List), Pair(Reads.AccountList), Pair(Reads.One),
        $"{Start.Ready.TotalSeconds:0.00}", $"{Start.FirstPost.TotalMilliseconds:0}", $"{Start.AtRest:0}", $"{Bytes / Gigabyte:0.00}", $"{(double)Bytes / Stored:N0}",
    ];

    private static string Pair(LatencyHistogram latency) => $"{Milliseconds(latency, 0.5):0.0} / {Milliseconds(latency, 0.99):0.0}";

    private static double Milliseconds(LatencyHistogram latency, double quantile) => latency.Percentile(quantile).TotalMilliseconds;
}
