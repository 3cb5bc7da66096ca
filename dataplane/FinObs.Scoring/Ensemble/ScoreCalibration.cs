namespace FinObs.Scoring.Ensemble;

/// <summary>The map from margin to score: the empirical quantile of the training window, so that a threshold t flags a share 1 - t of rows like it.</summary>
/// <remarks>
/// Piecewise linear between knots, dense in the upper tail; beyond the outermost knots the distance to 1 (or 0) falls as a hyperbola, so the map is
/// strictly increasing everywhere: two different margins never tie before rounding. A score is not a probability of fraud.
/// </remarks>
public sealed class ScoreCalibration
{
    private const int BodySteps = 200;
    private const int StepsPerDecade = 32;

    /// <summary>Bound that keeps the hyperbola above the resolution of a double where the outermost margins all but coincide.</summary>
    private const double LeastScale = 1e-6;
    private readonly double[] _margins;
    private readonly double[] _quantiles;

    /// <summary>Takes knots and tail scales as an artifact holds them.</summary>
    /// <param name="margins">Strictly increasing margins.</param>
    /// <param name="quantiles">Strictly increasing quantiles in (0, 1), one for each margin.</param>
    /// <param name="lowerScale">Margin below the first knot at which the quantile has halved.</param>
    /// <param name="upperScale">Margin above the last knot at which the distance to 1 has halved.</param>
    /// <exception cref="ArgumentException">Knots are missing, out of range or not strictly increasing.</exception>
    public ScoreCalibration(double[] margins, double[] quantiles, double lowerScale, double upperScale)
    {
        if (margins.Length == 0 || margins.Length != quantiles.Length || !StrictlyIncreasing(margins) || !StrictlyIncreasing(quantiles)
            || !(quantiles[0] > 0 && quantiles[^1] < 1) || !(lowerScale > 0 && upperScale > 0)
            || !double.IsFinite(margins[0]) || !double.IsFinite(margins[^1]) || !double.IsFinite(lowerScale + upperScale))
        {
            throw new ArgumentException("Calibration needs strictly increasing finite margins and quantiles within (0, 1), and positive tail scales.");
        }

        _margins = margins;
        _quantiles = quantiles;
        LowerScale = lowerScale;
        UpperScale = upperScale;
    }

    /// <summary>Margins of the knots.</summary>
    public double[] Margins => _margins;

    /// <summary>Quantiles of the knots.</summary>
    public double[] Quantiles => _quantiles;

    /// <summary>Margin below the first knot at which the quantile has halved.</summary>
    public double LowerScale { get; }

    /// <summary>Margin above the last knot at which the distance to 1 has halved.</summary>
    public double UpperScale { get; }

    /// <summary>Fits the map to the margins of a training window.</summary>
    /// <param name="margins">N ≥ 1 finite margins in any order; a 1 % rate wants at least 5,000.</param>
    public static ScoreCalibration Fit(ReadOnlySpan<double> margins)
    {
        double[] sorted = margins.ToArray();
        Array.Sort(sorted);
        var knotMargins = new List<double>();
        var knotQuantiles = new List<double>();
        foreach (int rank in KnotRanks(sorted.Length))
        {
            double margin = sorted[rank];
            if (knotMargins.Count == 0 || margin > knotMargins[^1])
            {
                knotMargins.Add(margin);
                knotQuantiles.Add(MiddleRank(sorted, margin) / sorted.Length);
            }
        }

        return new ScoreCalibration(
            [.. knotMargins],
            [.. knotQuantiles],
            TailScale(knotMargins, knotQuantiles, upper: false),
            TailScale(knotMargins, knotQuantiles, upper: true));
    }

    /// <summary>The quantile of a margin, not yet rounded, strictly between 0 and 1 for finite margins of any plausible size; NaN for NaN.</summary>
    public double QuantileOf(double margin)
    {
        int last = _margins.Length - 1;
        if (margin >= _margins[last])
        {
            return 1 - ((1 - _quantiles[last]) / (1 + ((margin - _margins[last]) / UpperScale)));
        }

        if (margin <= _margins[0])
        {
            return _quantiles[0] / (1 + ((_margins[0] - margin) / LowerScale));
        }

        if (double.IsNaN(margin))
        {
            return double.NaN;
        }

        int knot = LastKnotUpTo(margin);
        double share = (margin - _margins[knot]) / (_margins[knot + 1] - _margins[knot]);
        return _quantiles[knot] + (share * (_quantiles[knot + 1] - _quantiles[knot]));
    }

    /// <summary>The last knot that does not exceed a margin within the knots; without a branch that could be mispredicted.</summary>
    private int LastKnotUpTo(double margin)
    {
        double[] margins = _margins;
        int knot = 0;
        for (int left = margins.Length; left > 1;)
        {
            int half = left / 2;
            knot += margins[knot + half] <= margin ? half : 0;
            left -= half;
        }

        return knot;
    }

    /// <summary>The score of record: the quantile rounded to 1e-6.</summary>
    public double ScoreOf(double margin) => Round(QuantileOf(margin));

    /// <summary>Rounds to 1e-6, the resolution that is stored and compared.</summary>
    public static double Round(double score) => Math.Round(score * 1e6) / 1e6;

    /// <summary>Ranks that become knots: even steps through the body, 32 a decade into the upper tail down to the single greatest margin.</summary>
    private static SortedSet<int> KnotRanks(int count)
    {
        var ranks = new SortedSet<int> { 0, count - 1 };
        for (int step = 0; step < BodySteps; step++)
        {
            ranks.Add((int)((long)step * count / BodySteps));
        }

        for (int step = 0; ; step++)
        {
            double fromTop = count * 0.1 * Math.Pow(10, -step / (double)StepsPerDecade);
            if (fromTop < 1)
            {
                return ranks;
            }

            ranks.Add(Math.Max(0, count - 1 - (int)fromTop));
        }
    }

    /// <summary>Mean rank of the margins equal to one of them, in (0, N): ties share the middle.</summary>
    private static double MiddleRank(double[] sorted, double margin)
    {
        int first = LowerBound(sorted, margin);
        int next = LowerBound(sorted, Math.BitIncrement(margin));
        return (first + next) / 2.0;
    }

    private static int LowerBound(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Continues the hyperbola that passes through the outermost knot and the one at ten times its tail share.</summary>
    private static double TailScale(List<double> margins, List<double> quantiles, bool upper)
    {
        int outer = upper ? margins.Count - 1 : 0;
        double share = Share(outer);
        int inner = outer;
        while (Share(inner) < 10 * share && (upper ? inner > 0 : inner < margins.Count - 1))
        {
            inner += upper ? -1 : 1;
        }

        double scale = inner == outer ? 1 : Math.Abs(margins[outer] - margins[inner]) / (1 - (share / Share(inner)));
        double least = LeastScale * Math.Max(1, Math.Abs(margins[outer]));
        return double.IsFinite(scale) ? Math.Max(scale, least) : least;

        double Share(int knot) => upper ? 1 - quantiles[knot] : quantiles[knot];
    }

    private static bool StrictlyIncreasing(double[] values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            if (!(values[i] > values[i - 1]))
            {
                return false;
            }
        }

        return true;
    }
}
