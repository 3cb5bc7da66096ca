using System.Collections.Frozen;

namespace FinObs.Scoring.Features;

/// <summary>What features need of a schema, made ready once: the zone, types by name, and how much history outweighs the population.</summary>
internal sealed class FeatureBasis
{
    private readonly FrozenDictionary<string, TypeStatistics> _types;
    private readonly TypeStatistics _unknownType;

    public FeatureBasis(FeatureSchema schema)
    {
        schema.Population.Validate();
        Population = schema.Population;
        Zone = schema.ProfileSettings().Zone();
        _types = Population.Types.ToFrozenDictionary(type => type.Type, StringComparer.Ordinal);
        _unknownType = new TypeStatistics(string.Empty, 0.5 / Math.Max(Population.Transactions, 1), Population.LogMean, Population.LogDeviation);
        double total = Population.LogDeviation * Population.LogDeviation;
        VarianceWithin = Math.Min(Population.LogDeviationWithin * Population.LogDeviationWithin, total);
        VarianceBetween = Math.Max(total - VarianceWithin, 0.01 * total);
        MeanPrior = VarianceWithin / VarianceBetween;
    }

    public PopulationStatistics Population { get; }

    public TimeZoneInfo Zone { get; }

    /// <summary>Variance of the log amount within an account.</summary>
    public double VarianceWithin { get; }

    /// <summary>Variance of the accounts' means.</summary>
    public double VarianceBetween { get; }

    /// <summary>How many transactions the population's mean weighs: the best linear guess of an account's mean (empirical Bayes).</summary>
    public double MeanPrior { get; }

    /// <summary>Figures of a type, or of a type never seen.</summary>
    public TypeStatistics TypeOf(string type) => _types.GetValueOrDefault(type, _unknownType);
}
