using FinObs.DataPlane.Monitoring.Windows;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>A feature's share in the mean |SHAP value|.</summary>
internal sealed record AttributionShare(string Name, double Reference, double Share);

/// <summary>Whether the model gives other reasons than over its reference: the Jensen-Shannon distance of the features' shares in the mean |SHAP value|.</summary>
internal sealed record AttributionDrift(FeatureVerdict Verdict, IReadOnlyList<AttributionShare> Shares)
{
    public const string Name = "shap_attribution";

    /// <summary>Null where too few rows of the window were explained. Shares of means over so many rows vary little: there is no p-value.</summary>
    public static AttributionDrift? Of(WindowCounts window, double threshold, int least)
    {
        double[] reference = window.Layout.ReferenceAttributions, current = window.AttributionShares();
        if (window.Explained < least || reference.Length == 0 || current.Length != reference.Length)
        {
            return null;
        }

        double distance = Divergence.JensenShannon(reference, current);
        FeatureDrift drift = new(Name, true, window.Explained, double.NaN, double.NaN, new DistanceBounds(double.NaN, double.NaN), distance, double.NaN, double.NaN, 0, 0);
        FeatureVerdict verdict = new(drift, "JensenShannon", distance, threshold, double.NaN, distance >= threshold, Warns: distance >= threshold / 2 && distance < threshold);
        return new AttributionDrift(verdict, [.. reference.Select((share, f) => new AttributionShare(window.Layout.Bins[f].Name, share, current[f]))]);
    }
}
