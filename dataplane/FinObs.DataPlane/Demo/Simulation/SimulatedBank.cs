namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>Who there is in a simulation of a given size. The same seed and size: the same customers with the same habits.</summary>
internal sealed class SimulatedBank
{
    /// <summary>About how many days a simulation covers, whatever its size: long enough for a salary to come three times.</summary>
    public const int Days = 100;

    private const double RegularShare = 0.6;
    private const double TransactionsPerOccasional = 3;

    public SimulatedBank(ulong seed, int count)
    {
        Seed = seed;
        PerDay = Math.Max(20.0, count / (double)Days);
        int regulars = Math.Max(5, (int)(PerDay * RegularShare / RegularAccount.ExpectedPerDay));
        Regulars = [.. Enumerable.Range(0, regulars).Select(i => new RegularAccount(seed, i))];
        OccasionalPerDay = PerDay * (1 - RegularShare);
        OccasionalAccounts = (int)Math.Max(50, OccasionalPerDay * Days / TransactionsPerOccasional);
    }

    public ulong Seed { get; }

    /// <summary>Transactions a day, about.</summary>
    public double PerDay { get; }

    public IReadOnlyList<RegularAccount> Regulars { get; }

    public int OccasionalAccounts { get; }

    public double OccasionalPerDay { get; }
}
