using System.CommandLine;
using System.Globalization;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Tests.Drift.Simulation;

namespace FinObs.Benchmarks.Drift;

/// <summary><c>drift-simulation [--runs N]</c>: false alarms, power and delay on simulated traffic, and what a check costs. The table of docs/drift.md.</summary>
internal static class DriftSimulationCommand
{
    private const int Features = 20;
    private const int WindowRows = 500_000;
    private const int ReferenceRows = 2000;
    private const int Checks = 2000;

    public static Command Create()
    {
        Option<int> runs = new("--runs") { Description = "Streams of each kind.", DefaultValueFactory = _ => 50 };
        Command command = new("drift-simulation", "Simulate traffic that drifts and traffic that does not, beside the seed's rule.") { runs };
        command.SetAction(parsed =>
        {
            Console.WriteLine(DriftSimulation.Table(parsed.GetValue(runs)));
            Console.WriteLine(DriftSimulation.WindowTable(parsed.GetValue(runs)));
            Console.WriteLine(CheckTime());
        });
        return command;
    }

    /// <summary>A check from counts that are there already.</summary>
    private static string CheckTime()
    {
        Random chance = new(1);
        FeatureBins[] bins = [.. Enumerable.Range(0, Features).Select(f => Bins($"f{f}", chance))];
        DriftCounts window = new(bins);
        double[] row = new double[Features];
        for (int i = 0; i < WindowRows; i++)
        {
            for (int f = 0; f < Features; f++)
            {
                row[f] = chance.NextDouble() * 1.1;
            }

            window.Add(row);
        }

        double[] milliseconds = new double[Checks];
        int drifted = 0;
        for (int i = 0; i < Checks; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            drifted += DriftRule.Judge(FeatureDrift.Of(bins, window), new DriftLimits()).Drifted;
            milliseconds[i] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"A check of {Features} features, window {WindowRows:N0} rows, reference {ReferenceRows:N0}: median {milliseconds[Checks / 2]:0.000} ms, 99th percentile {milliseconds[Checks * 99 / 100]:0.000} ms ({drifted / Checks} features drift).");
    }

    private static FeatureBins Bins(string name, Random chance)
    {
        double[] sample = [.. Enumerable.Range(0, ReferenceRows).Select(_ => chance.NextDouble()).Order()];
        return FeatureBins.OfNumbers(name, BinnedDistribution.Of(sample, 20), sample, 10, 0.29);
    }
}
