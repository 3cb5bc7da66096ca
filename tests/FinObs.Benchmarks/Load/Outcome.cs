namespace FinObs.Benchmarks.Load;

/// <summary>What one scenario measured on one database, over its rounds.</summary>
/// <param name="Scenario">Name.</param>
/// <param name="Database">Name and version.</param>
/// <param name="Unit">Of the rate.</param>
/// <param name="Rates">One a round.</param>
/// <param name="Target">The rate to reach; null without one.</param>
/// <param name="Latency">Latencies, in words.</param>
/// <param name="Shares">Of the processors, in words.</param>
/// <param name="Remarks">Everything else: the load, what was flagged, the check of what is stored.</param>
internal sealed record Outcome(
    string Scenario, string Database, string Unit, IReadOnlyList<double> Rates, double? Target, string Latency, string Shares, string Remarks)
{
    /// <summary>The middle one; the mean of two.</summary>
    public double Median => MedianOf(Rates);

    public static double MedianOf(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public override string ToString() =>
        $"{Scenario,-10} {Database,-18} {Median,9:N0} {Unit} ({Rates.Min():N0} to {Rates.Max():N0})" +
        (Target is { } target ? $", {Median / target:0.00} of the target {target:N0}" : "") +
        (Latency.Length > 0 ? $"\n           {Latency}" : "") + $"\n           {Shares}\n           {Remarks}";
}
