namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>Makes the transactions of a fictional bank: deterministic from its arguments, in time order, labelled.</summary>
internal static class Simulator
{
    /// <summary>The seed of the sample, of the built-in model's training data and of the demo.</summary>
    public const ulong DefaultSeed = 20260101;

    /// <summary>First day of the committed sample.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Of all transactions; a real portfolio has fewer, too few to see anything in a sample.
    private const double FraudShare = 0.01;

    // Nobody is robbed before there are habits to deviate from.
    private const int QuietDays = 10;

    /// <summary>The first <paramref name="count"/> transactions from <paramref name="start"/> (a midnight, UTC) on. About a hundred days, whatever the count.</summary>
    public static IEnumerable<SimulatedTransaction> Generate(ulong seed, int count, DateTimeOffset start) =>
        Generate(new SimulatedBank(seed, count), start).Take(count);

    /// <summary>A bank's transactions from <paramref name="start"/> (a midnight, UTC) on, without end.</summary>
    public static IEnumerable<SimulatedTransaction> Generate(SimulatedBank bank, DateTimeOffset start)
    {
        // By time, then by the order in which they were thought of: no ties, no dependence on the heap's own order.
        var upcoming = new PriorityQueue<SimulatedTransaction, (DateTimeOffset At, long Order)>();
        long order = 0;
        int given = 0;
        for (int day = 0; ; day++)
        {
            DateTimeOffset midnight = start.AddDays(day);
            foreach (SimulatedTransaction transaction in Day(bank, midnight, day))
            {
                upcoming.Enqueue(transaction, (transaction.Timestamp, order++));
            }

            // Whatever a later day adds comes at its midnight or after.
            while (upcoming.TryPeek(out SimulatedTransaction? next, out _) && next.Timestamp < midnight.AddDays(1))
            {
                upcoming.Dequeue();
                yield return next with { TransactionId = $"sim{bank.Seed}-{given++:D7}" };
            }
        }
    }

    private static IEnumerable<SimulatedTransaction> Day(SimulatedBank bank, DateTimeOffset midnight, int day)
    {
        foreach (RegularAccount account in bank.Regulars)
        {
            foreach (SimulatedTransaction transaction in account.Day(midnight, day))
            {
                yield return transaction;
            }
        }

        var random = SimulationRandom.For(bank.Seed, ulong.MaxValue, (ulong)day);
        int occasional = (int)(bank.OccasionalPerDay * random.Between(0.8, 1.2));
        for (int i = 0; i < occasional; i++)
        {
            yield return OccasionalCustomers.Next(OccasionalCustomers.TimeOf(midnight, random), bank.OccasionalAccounts, random);
        }

        int campaigns = day < QuietDays ? 0 : random.Poisson(bank.PerDay * FraudShare / FraudCampaigns.MeanLength);
        for (int i = 0; i < campaigns; i++)
        {
            DateTimeOffset at = midnight.AddSeconds(random.Next(20 * 3600));
            foreach (SimulatedTransaction transaction in FraudCampaigns.Next(random.Pick(bank.Regulars), at, atOnce: false, random))
            {
                yield return transaction;
            }
        }
    }
}
