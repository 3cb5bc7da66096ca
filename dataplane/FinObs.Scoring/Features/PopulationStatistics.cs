namespace FinObs.Scoring.Features;

/// <summary>What all accounts together looked like in the training window. Logs are ln(1 + amount in the base currency).</summary>
public sealed record PopulationStatistics
{
    /// <summary>A population that nothing is known of: wide, even, without money.</summary>
    public static readonly PopulationStatistics Unknown = new();

    /// <summary>Transactions measured.</summary>
    public long Transactions { get; init; }

    /// <summary>Mean log amount.</summary>
    public double LogMean { get; init; }

    /// <summary>Standard deviation of the log amount over everybody, positive.</summary>
    public double LogDeviation { get; init; } = 1;

    /// <summary>Standard deviation of the log amount within one account, positive, at most <see cref="LogDeviation"/>.</summary>
    public double LogDeviationWithin { get; init; } = 1;

    /// <summary>Median amount in the base currency.</summary>
    public double MedianAmount { get; init; } = 1;

    /// <summary>Mean over transactions of the account's decayed number in the 24 hours before.</summary>
    public double DailyCount { get; init; } = 1;

    /// <summary>Mean over transactions of what the account moved in the 24 hours before (decayed), base currency.</summary>
    public double DailySpend { get; init; } = 1;

    /// <summary>Share of transactions in each hour of the local day; 24 numbers, each positive, sum 1.</summary>
    public double[] HourShares { get; init; } = [.. Enumerable.Repeat(1.0 / LocalHour.Hours, LocalHour.Hours)];

    /// <summary>Share of new counterparties among transactions of accounts with a history that name one, within 0..1.</summary>
    public double NewCounterpartyShare { get; init; } = 0.5;

    /// <summary>The most frequent types, most frequent first; at most <see cref="MostTypes"/>.</summary>
    public TypeStatistics[] Types { get; init; } = [];

    /// <summary>Most types that a schema lists; rarer ones count as unknown.</summary>
    public const int MostTypes = 64;

    /// <summary>Says what is wrong with statistics that were read from a file.</summary>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public void Validate()
    {
        Require(Positive(LogDeviation) && Positive(LogDeviationWithin) && Positive(MedianAmount) && Positive(DailyCount) && Positive(DailySpend), "deviations, median and daily figures must be positive");
        Require(double.IsFinite(LogMean) && Transactions >= 0, "the mean must be finite");
        Require(HourShares.Length == LocalHour.Hours && Array.TrueForAll(HourShares, share => share is > 0 and <= 1), "hour shares must be 24 positive numbers");
        Require(NewCounterpartyShare is >= 0 and <= 1, "the share of new counterparties must be within 0..1");
        Require(Types.Length <= MostTypes, $"there may be at most {MostTypes} types");
        Require(Array.TrueForAll(Types, type => type.Share is > 0 and <= 1 && double.IsFinite(type.LogMean) && Positive(type.LogDeviation)), "types need a share, a mean and a positive deviation");
    }

    private static bool Positive(double value) => value > 0 && double.IsFinite(value);

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Population statistics: {rule}.");
        }
    }
}

/// <summary>One transaction type in the training window.</summary>
/// <param name="Type">Canonical name.</param>
/// <param name="Share">Share of transactions, in (0, 1].</param>
/// <param name="LogMean">Mean log amount, shrunk to the population's where the type is rare.</param>
/// <param name="LogDeviation">Standard deviation of the log amount, shrunk likewise, positive.</param>
/// <param name="IsCredit">Money coming in: a credit is a type of its own, a refund is not a purchase.</param>
public sealed record TypeStatistics(string Type, double Share, double LogMean, double LogDeviation, bool IsCredit = false);
