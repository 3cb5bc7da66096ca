namespace FinObs.Scoring.Evaluation;

/// <summary>Scores with known outcomes, ranked: the metrics of a detector. Equal scores are one group, so no metric depends on the order of rows.</summary>
/// <remarks>ROC-AUC and average precision are scikit-learn's <c>roc_auc_score</c> and <c>average_precision_score</c>, ties included.</remarks>
public sealed class RankedScores
{
    // Groups of equal scores, highest first: rows and frauds up to and including each.
    private readonly long[] _rows;
    private readonly long[] _frauds;

    /// <summary>Ranks.</summary>
    /// <param name="scores">Higher = more suspicious; any finite scale.</param>
    /// <param name="frauds">Outcome of each row.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public RankedScores(ReadOnlySpan<double> scores, ReadOnlySpan<bool> frauds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, frauds.Length);
        double[] keys = scores.ToArray();
        bool[] outcomes = frauds.ToArray();
        if (Array.Exists(keys, double.IsNaN))
        {
            throw new ArgumentException("A score is NaN: it has no rank.", nameof(scores));
        }

        Array.Sort(keys, outcomes);
        var rows = new List<long>();
        var found = new List<long>();
        long seen = 0, hits = 0;
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            seen++;
            hits += outcomes[i] ? 1 : 0;
            if (i == 0 || keys[i - 1] != keys[i])
            {
                rows.Add(seen);
                found.Add(hits);
            }
        }

        _rows = [.. rows];
        _frauds = [.. found];
        Rows = seen;
        Frauds = hits;
    }

    /// <summary>Rows ranked.</summary>
    public long Rows { get; }

    /// <summary>Frauds among them.</summary>
    public long Frauds { get; }

    /// <summary>Chance that a fraud outranks a good row, ties counting half; NaN where one of the two is missing.</summary>
    public double RocAuc()
    {
        double good = Rows - Frauds;
        double area = 0;
        long previousRows = 0, previousFrauds = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            double hits = _frauds[i] - previousFrauds;
            double misses = _rows[i] - previousRows - hits;
            area += misses * (previousFrauds + (hits / 2));
            (previousRows, previousFrauds) = (_rows[i], _frauds[i]);
        }

        return area / (Frauds * good);
    }

    /// <summary>Σ (recall step × precision) over the groups, no interpolation; NaN without frauds.</summary>
    public double AveragePrecision()
    {
        double sum = 0;
        long previous = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            sum += (_frauds[i] - previous) * (_frauds[i] / (double)_rows[i]);
            previous = _frauds[i];
        }

        return sum / Frauds;
    }

    /// <summary>Share of all frauds among the highest-ranked share of rows; NaN without frauds.</summary>
    /// <param name="alertRate">Share of rows, 0..1; the number of alerts is rounded to the nearest whole one.</param>
    public double RecallAt(double alertRate) => FraudsAmong((long)Math.Round(alertRate * Rows)) / Frauds;

    /// <summary>Share of frauds among so many highest-ranked rows, or among all where there are fewer; NaN without rows.</summary>
    public double PrecisionAt(int alerts) => FraudsAmong(Math.Min(alerts, Rows)) / Math.Min(alerts, Rows);

    /// <summary>Frauds among the first so many rows; of a group that is cut, its even share.</summary>
    private double FraudsAmong(long alerts)
    {
        long previousRows = 0, previousFrauds = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] >= alerts)
            {
                double share = (alerts - previousRows) / (double)(_rows[i] - previousRows);
                return previousFrauds + (share * (_frauds[i] - previousFrauds));
            }

            (previousRows, previousFrauds) = (_rows[i], _frauds[i]);
        }

        return Frauds;
    }
}
