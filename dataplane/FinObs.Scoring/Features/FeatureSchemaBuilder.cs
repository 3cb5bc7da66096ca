using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>Measures a training stream and freezes what it saw into a schema: the fit step of the features. Labels are never asked for.</summary>
/// <remarks>Feed it each transaction with the account's profile as it was before, in time order, then build. Memory does not grow with accounts.</remarks>
public sealed class FeatureSchemaBuilder
{
    /// <summary>Transactions of the population that a type's own statistics are weighed against.</summary>
    private const double TypePriorWeight = 20;

    /// <summary>Smallest standard deviation of a log amount: fixed prices must not make a cent an outlier.</summary>
    private const double SmallestDeviation = 0.05;

    /// <summary>Amounts kept for the median; every k-th once there are more.</summary>
    private const int MedianSample = 1 << 16;

    private const int MostTypesMeasured = 10_000;
    private readonly ProfileSettings _settings;
    private readonly TimeZoneInfo _zone;
    private readonly Dictionary<(string Type, bool IsCredit), Sum> _types = [];
    private readonly double[] _hours = new double[LocalHour.Hours];
    private readonly List<double> _amounts = [];
    private int _amountStep = 1;
    private long _transactions;
    private Sum _logs;
    private Sum _within;
    private Sum _dailyCount;
    private Sum _dailySpend;
    private Sum _novelty;

    /// <summary>Starts measuring.</summary>
    /// <param name="settings">Base currency and zone of the profiles.</param>
    public FeatureSchemaBuilder(ProfileSettings settings)
    {
        _settings = settings;
        _zone = settings.Zone();
    }

    /// <summary>Takes in one transaction.</summary>
    /// <param name="facts">The transaction.</param>
    /// <param name="before">The account's profile before it.</param>
    public void Add(in TransactionFacts facts, AccountProfile before)
    {
        _transactions++;
        _hours[(int)LocalHour.Of(facts.OccurredAt, _zone)]++;
        ref readonly ProfileState state = ref before.State;
        if (AmountScale.Usable(facts.AmountInBase) is { } amount)
        {
            AddAmount(in facts, amount, in state.Amounts);
        }
        else
        {
            AddType(in facts);
        }

        if (facts.HasAccount)
        {
            var window = new ActivityWindow(in state, DecayWindows.Day, ActivityWindow.DecayAt(in state, AccountProfile.Microseconds(facts.OccurredAt)).Day);
            _dailyCount.Add(window.Count);
            _dailySpend.Add(window.Sum);
        }

        if (facts.HasAccount && facts.CounterpartyHash != 0 && state.NoveltyWeight > 0)
        {
            _novelty.Add(CounterpartyMemory.Knows(state.Known, facts.CounterpartyHash) ? 0 : 1);
        }
    }

    /// <summary>The schema, with statistics of everything added so far.</summary>
    /// <param name="names">Features in column order; <see langword="null"/> = <see cref="FeatureCatalogue.Default"/>.</param>
    public FeatureSchema Build(IReadOnlyList<string>? names = null)
    {
        double deviation = Math.Max(_logs.Deviation, SmallestDeviation);
        return new FeatureSchema([.. names ?? FeatureCatalogue.Default], _settings.BaseCurrency, _settings.TimeZone)
        {
            Population = new PopulationStatistics
            {
                Transactions = _transactions,
                LogMean = _logs.Mean,
                LogDeviation = deviation,
                LogDeviationWithin = Math.Clamp(WithinDeviation(deviation), SmallestDeviation, deviation),
                MedianAmount = Median(),
                DailyCount = Math.Max(_dailyCount.Mean, 0.1),
                DailySpend = Math.Max(_dailySpend.Mean, 0.01 * Median()),
                HourShares = Array.ConvertAll(_hours, count => (count + 1) / (_transactions + LocalHour.Hours)),
                NewCounterpartyShare = (_novelty.Total + 1) / (_novelty.Count + 2),
                Types = Types(deviation),
            },
        };
    }

    private void AddAmount(in TransactionFacts facts, double amount, in Moments account)
    {
        double log = AmountScale.Log(amount);
        _logs.Add(log);
        AddType(in facts).Add(log);
        AddToMedian(amount);
        if (account.Weight >= 1)
        {
            // A mean of n values misses the next one by σ²(1 + 1/n) on average.
            double away = log - account.Mean;
            _within.Add(away * away * account.Weight / (account.Weight + 1));
        }
    }

    private ref Sum AddType(in TransactionFacts facts)
    {
        var key = (facts.Type, facts.IsCredit);
        key = _types.Count < MostTypesMeasured || _types.ContainsKey(key) ? key : (string.Empty, false);
        ref Sum sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, key, out _);
        sum.Seen++;
        return ref sum;
    }

    private void AddToMedian(double amount)
    {
        if (_transactions % _amountStep != 0)
        {
            return;
        }

        _amounts.Add(amount);
        if (_amounts.Count == MedianSample)
        {
            // Halve: keep every second one of the sample, in its order.
            for (int i = 0; i < MedianSample / 2; i++)
            {
                _amounts[i] = _amounts[2 * i];
            }

            _amounts.RemoveRange(MedianSample / 2, MedianSample / 2);
            _amountStep *= 2;
        }
    }

    private double Median()
    {
        if (_amounts.Count == 0)
        {
            return 1;
        }

        double[] sorted = [.. _amounts];
        Array.Sort(sorted);
        return Math.Max(sorted[sorted.Length / 2], 0.01);
    }

    /// <summary>One step ahead errors of accounts with a history; everybody's spread where too few have one.</summary>
    private double WithinDeviation(double deviation)
    {
        double weight = TypePriorWeight;
        return Math.Sqrt((_within.Total + (weight * deviation * deviation)) / (_within.Count + weight));
    }

    private TypeStatistics[] Types(double deviation) =>
        [.. _types.Where(type => type.Key.Type.Length > 0)
            .OrderByDescending(type => type.Value.Seen).ThenBy(type => type.Key.Type, StringComparer.Ordinal).ThenBy(type => type.Key.IsCredit)
            .Take(PopulationStatistics.MostTypes)
            .Select(type => TypeOf(type.Key, type.Value, deviation))];

    private TypeStatistics TypeOf((string Type, bool IsCredit) key, Sum sum, double deviation)
    {
        double weight = sum.Count + TypePriorWeight;
        double mean = (sum.Total + (TypePriorWeight * _logs.Mean)) / weight;
        double variance = ((sum.Count * sum.Deviation * sum.Deviation) + (TypePriorWeight * deviation * deviation)) / weight;
        return new TypeStatistics(key.Type, sum.Seen / (double)_transactions, mean, Math.Max(Math.Sqrt(variance), SmallestDeviation), key.IsCredit);
    }

    /// <summary>Count, mean and deviation of a stream (Welford 1962).</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Sum
    {
        private double _mean;
        private double _squares;

        public long Seen;

        public long Count { get; private set; }

        public readonly double Mean => _mean;

        public readonly double Total => _mean * Count;

        public readonly double Deviation => Count == 0 ? 0 : Math.Sqrt(_squares / Count);

        public void Add(double value)
        {
            Count++;
            double away = value - _mean;
            _mean += away / Count;
            _squares += away * (value - _mean);
        }
    }
}
