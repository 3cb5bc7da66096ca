using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace FinObs.DataPlane.Telemetry;

/// <summary>
/// Buckets of our own histograms. What OpenTelemetry takes by default is meant for milliseconds: in seconds nearly everything would fall into the first one, and no quantile could be told.
/// </summary>
internal static class HistogramBuckets
{
    /// <summary>From half a millisecond, which a single decision takes, to a minute, which a pull or a retraining may.</summary>
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>Scores are quantiles: the thresholds stand in the last percent, so there the buckets are.</summary>
    private static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1];

    /// <summary>The unit of a histogram of scores.</summary>
    public const string ScoreUnit = "{score}";

    /// <summary>Null = as the instrument itself says.</summary>
    public static MetricStreamConfiguration? Of(Instrument instrument) =>
        instrument.Meter.Name == FinObsTelemetry.Name && instrument is Histogram<double>
            ? instrument.Unit switch
            {
                "s" => new ExplicitBucketHistogramConfiguration { Boundaries = Seconds },
                ScoreUnit => new ExplicitBucketHistogramConfiguration { Boundaries = Quantiles },
                _ => null,
            }
            : null;
}
