using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Drift.Simulation;

/// <summary>Is shown each hour's rows and says whether it alarms.</summary>
internal interface IDetector
{
    bool See(int hour, List<double[]> rows);
}

/// <summary>Ours: the last hours, looked at each hour, from counts alone, where they have 1,000 rows; 3 breaches of the last 5, then quiet for 24 hours; calendar features left out.</summary>
internal sealed class WindowDetector : IDetector
{
    private const int MinSamples = 1000;
    private readonly FeatureBins[] _bins;
    private readonly int _hours;
    private readonly Queue<DriftCounts> _last = new();
    private readonly DriftCounts _window;
    private readonly DriftLimits _limits;
    private BreachCounter _breaches;

    public WindowDetector(List<double[]> reference, DriftLimits limits, int hours = 24)
    {
        string[] names = ["amount", "deviation", "velocity", "type"];
        _bins = [.. names.Select((name, f) => BinsOf(name, [.. reference.Select(row => row[f])]))];
        _window = new DriftCounts(_bins);
        (_limits, _hours) = (limits, hours);
    }

    public bool See(int hour, List<double[]> rows)
    {
        DriftCounts counts = new(_bins);
        rows.ForEach(row => counts.Add(row.AsSpan(0, SimulatedTraffic.Calendar)));
        _window.Add(counts);
        _last.Enqueue(counts);
        if (_last.Count > _hours)
        {
            _window.Subtract(_last.Dequeue());
        }

        if (_last.Count < _hours || _window.Rows < MinSamples)
        {
            return false;
        }

        DriftVerdict verdict = DriftRule.Judge(FeatureDrift.Of(_bins, _window), _limits);
        (_breaches, bool act) = _breaches.After(verdict.Breach, 3, 5, TimeSpan.FromHours(24), DateTimeOffset.UnixEpoch.AddHours(hour));
        return act;
    }

    private static FeatureBins BinsOf(string name, double[] values)
    {
        if (name == "type")
        {
            double[] known = [.. values.Distinct().Order()];
            return FeatureBins.OfCategories(name, new CategoryCounts(known, [.. known.Select(one => (long)values.Count(value => value == one))]));
        }

        Array.Sort(values);
        double mean = values.Average();
        return FeatureBins.OfNumbers(name, BinnedDistribution.Of(values, 20), values, 10, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}

/// <summary>The seed's rule: every 6 hours the last 500 rows against the reference, feature by feature, PSI over 10 bins of equal width with what lies outside dropped > 0.25, or KS p &lt; 0.01. Written from its description, not from our code.</summary>
internal sealed class SeedDetector(List<double[]> reference, int[] features) : IDetector
{
    private const int Window = 500;
    private const int EveryHours = 6;
    private readonly double[][] _columns = [.. Enumerable.Range(0, SimulatedTraffic.Features).Select(f => reference.Select(row => row[f]).Order().ToArray())];
    private readonly Queue<double[]> _last = new();
    private int _quietUntil;

    /// <remarks>The same 24 hours of quiet after an alarm as ours, so that alarms can be compared.</remarks>
    public bool See(int hour, List<double[]> rows)
    {
        foreach (double[] row in rows)
        {
            _last.Enqueue(row);
            if (_last.Count > Window)
            {
                _last.Dequeue();
            }
        }

        if (hour % EveryHours != 0 || hour < _quietUntil || _last.Count < Window || !Drifts())
        {
            return false;
        }

        _quietUntil = hour + 24;
        return true;
    }

    private bool Drifts()
    {
        foreach (int f in features)
        {
            // It reads what is missing as 0.
            double[] current = [.. _last.Select(row => double.IsNaN(row[f]) ? 0 : row[f]).Order()];
            if (Psi(_columns[f], current) > 0.25 || KolmogorovSmirnov.OfSorted(_columns[f], current).PValue < 0.01)
            {
                return true;
            }
        }

        return false;
    }

    private static double Psi(double[] reference, double[] current)
    {
        double low = reference[0], width = (reference[^1] - low) / 10;
        double[] p = Shares(reference, low, width), q = Shares(current, low, width);
        return p.Zip(q).Sum(pair => (pair.Second - pair.First) * Math.Log(pair.Second / pair.First));
    }

    private static double[] Shares(double[] values, double low, double width)
    {
        double[] counts = new double[10];
        foreach (double value in values)
        {
            if (value >= low && value <= low + (10 * width))
            {
                counts[Math.Min(9, (int)((value - low) / width))]++;
            }
        }

        double total = counts.Sum();
        return [.. counts.Select(count => (total == 0 ? 0 : count / total) + 1e-6)];
    }
}
