using System.Globalization;
using System.Text;
using FinObs.Scoring.Drift;

namespace FinObs.Scoring.Tests.Drift.Simulation;

/// <summary>How often a detector alarmed.</summary>
/// <param name="Detected">Share of the runs that alarmed within three days.</param>
/// <param name="DelayHours">Median delay of those that did; NaN = none.</param>
internal readonly record struct Power(double Detected, double DelayHours);

/// <summary>Detectors on the same streams, from fixed seeds: the same numbers on every run.</summary>
internal static class DriftSimulation
{
    private const int ReferenceHours = 4 * 7 * 24;
    private const int ReferenceRows = 2000;
    private const int CalmHours = 7 * 24;
    private const int WatchedHours = 3 * 24;
    private const int MonthHours = 30 * 24;
    private const double BusyRowsPerHour = 2000;

    /// <summary>In the order of all results.</summary>
    public static readonly string[] Names =
        ["seed's rule", "seed's rule, no calendar", "seed's rule, no seasonal feature", "FinObs, share only", "FinObs, ratio 1.5", "FinObs, ratio 1.25 (default)", "FinObs, ratio 1"];

    /// <summary>The seed's rule as it is.</summary>
    public const int Seed = 0;

    /// <summary>What a policy has that says nothing.</summary>
    public const int Default = 5;

    /// <summary>Alarms in 30 days in which nothing changes, a mean over the runs, with 24 hours of quiet after each.</summary>
    public static double[] FalseAlarms(int runs) => FalseAlarms(runs, Start);

    /// <summary>The same for busier traffic, with the default limits: windows of 24 hours and of one.</summary>
    /// <param name="runs">Streams.</param>
    /// <param name="weekend">How much another the weekend is, see <see cref="SimulatedTraffic"/>.</param>
    public static double[] FalseAlarmsOfWindows(int runs, double weekend) => FalseAlarms(
        runs,
        seed =>
        {
            (SimulatedTraffic traffic, List<double[]> reference) = ReferenceOf(new SimulatedTraffic(seed, BusyRowsPerHour, weekend));
            return (traffic, [new WindowDetector(reference, new DriftLimits()), new WindowDetector(reference, new DriftLimits(), hours: 1)]);
        });

    private static double[] FalseAlarms(int runs, Func<int, (SimulatedTraffic Traffic, IDetector[] Detectors)> start)
    {
        double[] alarms = new double[start(0).Detectors.Length];
        for (int run = 0; run < runs; run++)
        {
            (SimulatedTraffic traffic, IDetector[] detectors) = start(1000 + run);
            for (int hour = 0; hour < MonthHours; hour++)
            {
                List<double[]> rows = traffic.Hour(hour, TrafficShift.None);
                for (int i = 0; i < detectors.Length; i++)
                {
                    alarms[i] += detectors[i].See(hour, rows) ? 1.0 / runs : 0;
                }
            }
        }

        return alarms;
    }

    /// <summary>After a calm week the traffic changes for good; three days are watched.</summary>
    public static Power[] PowerOf(TrafficShift shift, int runs)
    {
        List<double>[] delays = [.. Names.Select(_ => new List<double>())];
        for (int run = 0; run < runs; run++)
        {
            (SimulatedTraffic traffic, IDetector[] detectors) = Start(5000 + run);
            bool[] seen = new bool[detectors.Length];
            for (int hour = 0; hour < CalmHours + WatchedHours; hour++)
            {
                List<double[]> rows = traffic.Hour(hour, hour < CalmHours ? TrafficShift.None : shift);
                for (int i = 0; i < detectors.Length; i++)
                {
                    if (detectors[i].See(hour, rows) && hour >= CalmHours && !seen[i])
                    {
                        seen[i] = true;
                        delays[i].Add(hour - CalmHours + 1);
                    }
                }
            }
        }

        return [.. delays.Select(some => new Power(some.Count / (double)runs, some.Count == 0 ? double.NaN : some.Order().ElementAt(some.Count / 2)))];
    }

    /// <summary>The table of docs/drift.md.</summary>
    public static string Table(int runs)
    {
        double[] alarms = FalseAlarms(runs);
        StringBuilder table = new();
        table.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", Names)} |").AppendLine($"|---|{string.Concat(Enumerable.Repeat("---|", Names.Length))}");
        table.AppendLine(CultureInfo.InvariantCulture, $"| false alarms in 30 days | {string.Join(" | ", alarms.Select(one => one.ToString("0.00", CultureInfo.InvariantCulture)))} |");
        foreach (TrafficShift shift in TrafficShift.All)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"| {shift.Name} | {string.Join(" | ", PowerOf(shift, runs).Select(Text))} |");
        }

        return table.ToString();
    }

    /// <summary>The second table of docs/drift.md.</summary>
    public static string WindowTable(int runs)
    {
        StringBuilder table = new();
        table.AppendLine("| | window of 24 hours (default) | window of one hour |").AppendLine("|---|---|---|");
        foreach (double weekend in (double[])[SimulatedTraffic.Weekend, 0.5, 1])
        {
            double[] alarms = FalseAlarmsOfWindows(runs, weekend);
            table.AppendLine(CultureInfo.InvariantCulture, $"| false alarms in 30 days, the weekend {weekend} sigma lower | {alarms[0]:0.00} | {alarms[1]:0.00} |");
        }

        return table.ToString();
    }

    private static string Text(Power power) => double.IsNaN(power.DelayHours) ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{power.Detected:0 %}, {power.DelayHours:0} h");

    private static (SimulatedTraffic Traffic, IDetector[] Detectors) Start(int seed)
    {
        (SimulatedTraffic traffic, List<double[]> reference) = ReferenceOf(new SimulatedTraffic(seed));

        // The third is the seed's best case: amount, deviation and type, whose distribution is the same in each hour.
        return (traffic,
        [
            new SeedDetector(reference, [0, 1, 2, 3, 4, 5]), new SeedDetector(reference, [0, 1, 2, 3]), new SeedDetector(reference, [0, 1, 3]),
            .. new double[] { 0, 1.5, 1.25, 1 }.Select(ratio => new WindowDetector(reference, new DriftLimits { SevereRatio = ratio })),
        ]);
    }

    /// <summary>The reference: 2,000 rows evenly out of four weeks, which are then over.</summary>
    private static (SimulatedTraffic Traffic, List<double[]> Reference) ReferenceOf(SimulatedTraffic traffic)
    {
        List<double[]> all = [.. Enumerable.Range(0, ReferenceHours).SelectMany(hour => traffic.Hour(hour, TrafficShift.None))];
        return (traffic, [.. Enumerable.Range(0, ReferenceRows).Select(i => all[(int)((long)i * all.Count / ReferenceRows)])]);
    }
}
