using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Drift;

/// <summary>From which values on a difference counts.</summary>
public sealed record DriftLimits
{
    /// <summary>Population stability index of numbers: from here on it is drift.</summary>
    public double PopulationStability { get; init; } = 0.2;

    /// <summary>The same: from here on it is a warning.</summary>
    public double WarnPopulationStability { get; init; } = 0.1;

    /// <summary>Jensen-Shannon distance of categories: from here on it is drift.</summary>
    public double JensenShannon { get; init; } = 0.1;

    /// <summary>A larger share of categories that the reference did not have, or of missing values, is a breach by itself.</summary>
    public double UnseenRate { get; init; } = 0.01;

    /// <summary>Level of the corrected p-values: what chance may well have done is no drift, however large it looks.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>A check is a breach where at least this share of the features drifts.</summary>
    public double MinShare { get; init; } = 0.3;

    /// <summary>One feature that drifts so many times as far as its threshold is a breach by itself, whatever <see cref="MinShare"/> says; 0 = never.</summary>
    public double SevereRatio { get; init; } = 1.25;
}

/// <summary>What was found of one feature.</summary>
/// <param name="Drift">Its figures.</param>
/// <param name="Test"><c>Psi</c>, <c>JensenShannon</c>, <c>UnseenRate</c> or <c>MissingRate</c>: the one that decided.</param>
/// <param name="Value">Of that test; NaN where there were no values.</param>
/// <param name="Threshold">From where on it counts.</param>
/// <param name="QValue">p-value corrected for the number of features.</param>
/// <param name="Drifts">It does.</param>
/// <param name="Warns">It does not yet, but comes near.</param>
public sealed record FeatureVerdict(FeatureDrift Drift, string Test, double Value, double Threshold, double QValue, bool Drifts, bool Warns)
{
    /// <summary>Drifts so many times as far as its threshold; never where the ratio is 0.</summary>
    public bool IsSevere(double ratio) => Drifts && ratio > 0 && Value >= ratio * Threshold;
}

/// <summary>What was found of all.</summary>
/// <param name="Features">In the order of the figures.</param>
/// <param name="Drifted">How many drift.</param>
/// <param name="Quality">Missing or unseen values alone are too many.</param>
/// <param name="Severe">One feature alone drifts far enough.</param>
/// <param name="Many">Enough of them drift.</param>
public sealed record DriftVerdict(FeatureVerdict[] Features, int Drifted, bool Quality, bool Severe, bool Many)
{
    /// <summary>The check counts as one.</summary>
    public bool Breach => Quality || Severe || Many;
}

/// <summary>
/// Effect size first: a difference has to be large, and then not be chance. The p-value alone would call every difference drift once there are rows enough; the effect size alone would call a small window's noise drift.
/// </summary>
public static class DriftRule
{
    /// <summary>Judges one check.</summary>
    /// <param name="features">Figures of each watched feature.</param>
    /// <param name="limits">From where on they count.</param>
    /// <returns>Without features no breach.</returns>
    public static DriftVerdict Judge(ReadOnlySpan<FeatureDrift> features, DriftLimits limits)
    {
        double[] p = new double[features.Length];
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = double.IsNaN(features[i].PValue) ? 1 : features[i].PValue;
        }

        double[] q = FalseDiscovery.BenjaminiHochberg(p);
        FeatureVerdict[] verdicts = new FeatureVerdict[features.Length];
        int drifted = 0;
        bool quality = false, severe = false;
        for (int i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = Of(features[i], q[i], limits);
            drifted += verdicts[i].Drifts ? 1 : 0;
            quality |= verdicts[i].Test is "UnseenRate" or "MissingRate";
            severe |= verdicts[i].IsSevere(limits.SevereRatio);
        }

        return new DriftVerdict(verdicts, drifted, quality, severe, drifted > 0 && drifted >= limits.MinShare * features.Length);
    }

    private static FeatureVerdict Of(FeatureDrift drift, double q, DriftLimits limits)
    {
        if (drift.MissingRate > limits.UnseenRate)
        {
            return new FeatureVerdict(drift, "MissingRate", drift.MissingRate, limits.UnseenRate, q, Drifts: true, Warns: false);
        }

        if (drift.UnseenRate > limits.UnseenRate)
        {
            return new FeatureVerdict(drift, "UnseenRate", drift.UnseenRate, limits.UnseenRate, q, Drifts: true, Warns: false);
        }

        (string test, double value, double threshold, double warn) = drift.Categorical
            ? ("JensenShannon", drift.JensenShannon, limits.JensenShannon, limits.JensenShannon)
            : ("Psi", drift.PopulationStability, limits.PopulationStability, limits.WarnPopulationStability);
        bool significant = q < limits.Alpha;
        return new FeatureVerdict(drift, test, value, threshold, q, significant && value >= threshold, significant && value >= warn && value < threshold);
    }
}
