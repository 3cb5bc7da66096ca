using System.Collections.Frozen;

namespace FinObs.Scoring.Features;

/// <summary>What features need of a schema, made ready once: the zone, types by name, and how much history outweighs the population.</summary>
internal sealed class FeatureBasis
{
    /// <summary>However alike accounts look, a tenth of the variance lies between them: ten transactions outweigh the population.</summary>
    private const double LeastShareBetween = 0.1;

    private readonly FrozenDictionary<string, KnownType> _debits;
    private readonly FrozenDictionary<string, KnownType> _credits;
    private readonly FrozenDictionary<uint, double> _meansByKey;
    private readonly TypeStatistics _unknownType;

    public FeatureBasis(FeatureSchema schema)
    {
        schema.Population.Validate();
        Population = schema.Population;
        Zone = schema.ProfileSettings().Zone();
        _debits = ByName(isCredit: false);
        _credits = ByName(isCredit: true);
        _meansByKey = _debits.Values.Concat(_credits.Values).DistinctBy(type => type.Key).ToFrozenDictionary(type => type.Key, type => type.Statistics.LogMean);
        _unknownType = new TypeStatistics(string.Empty, 0.5 / Math.Max(Population.Transactions, 1), Population.LogMean, Population.LogDeviation);
        double total = Population.LogDeviation * Population.LogDeviation;
        VarianceBetween = Math.Max(total - (Population.LogDeviationWithin * Population.LogDeviationWithin), LeastShareBetween * total);
        VarianceWithin = total - VarianceBetween;
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

    /// <summary>Figures of a type and direction, or those of everybody where training never saw it.</summary>
    public KnownType TypeOf(string type, bool isCredit) =>
        (isCredit ? _credits : _debits).TryGetValue(type, out KnownType known) ? known : new KnownType(_unknownType, TypeTable.KeyOf(type, isCredit));

    /// <summary>Mean difference between an account's amounts and everybody's of the same types, in logs, shrunk to 0 while the history is short.</summary>
    public double OffsetOf(ReadOnlySpan<ProfileState.TypeSlot> slots)
    {
        double sum = 0, weight = 0;
        foreach (ref readonly ProfileState.TypeSlot slot in slots)
        {
            if (slot.Type != 0)
            {
                sum += slot.Amounts.Weight * (slot.Amounts.Mean - _meansByKey.GetValueOrDefault(slot.Type, Population.LogMean));
                weight += slot.Amounts.Weight;
            }
        }

        return sum / (weight + MeanPrior);
    }

    private FrozenDictionary<string, KnownType> ByName(bool isCredit) =>
        Population.Types.Where(type => type.IsCredit == isCredit).ToFrozenDictionary(
            type => type.Type, type => new KnownType(type, TypeTable.KeyOf(type.Type, isCredit)), StringComparer.Ordinal);
}

/// <summary>A type's figures in the population, and its key in profiles.</summary>
internal readonly record struct KnownType(TypeStatistics Statistics, uint Key);
