namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>The long tail: very many accounts that seldom do anything, at home in every time zone. They are why a bank never knows all its customers'
/// habits, and what the live feed is mostly made of: its speed would make no account's day look ordinary.</summary>
internal static class OccasionalCustomers
{
    private static readonly (string Type, double MedianUsd, double Spread, double Share)[] Kinds =
        [("card", 0, 0, 0.72), ("ach", 180, 0.8, 0.12), ("internal", 70, 0.9, 0.07), ("payment", 55, 0.7, 0.05), ("wire_transfer", 900, 0.8, 0.03), ("crypto", 120, 0.8, 0.01)];

    /// <summary>One transaction of one of <paramref name="accounts"/> customers.</summary>
    public static SimulatedTransaction Next(DateTimeOffset at, int accounts, SimulationRandom random)
    {
        int index = random.Next(accounts);

        // What belongs to the account comes from its own stream, so that it stays the same from one visit to the next.
        var own = SimulationRandom.For(0x0CCA, (ulong)index);
        string currency = Money.PickCurrency(own);
        Merchant usual = own.Pick(Merchants.All);
        (string type, double median, double spread) = Kind(random);
        if (type == "card")
        {
            Merchant merchant = random.Chance(0.6) ? usual : random.Pick(Merchants.All);
            return Entry(index, at, merchant.Id, random.LogNormal(merchant.MedianUsd, merchant.Spread), currency, type, isCredit: false);
        }

        string counterparty = type == "crypto" ? Merchants.Exchange(own) : $"cp-{random.Next(accounts * 3):D6}";
        return Entry(index, at, counterparty, random.LogNormal(median, spread), currency, type, isCredit: type is "ach" or "internal" && random.Chance(0.4));
    }

    /// <summary>A time of a day: more by day than by night, but never asleep as a whole.</summary>
    public static DateTimeOffset TimeOf(DateTimeOffset day, SimulationRandom random)
    {
        double hour = random.Chance(0.45) ? random.Between(0, 24) : Math.Clamp(14 + (4.5 * random.Normal()), 0, 23.99);
        return day.AddSeconds(Math.Floor(hour * 3600));
    }

    private static (string Type, double MedianUsd, double Spread) Kind(SimulationRandom random)
    {
        double place = random.NextDouble();
        foreach ((string type, double median, double spread, double share) in Kinds)
        {
            if (place < share) return (type, median, spread);
            place -= share;
        }

        return ("card", 0, 0);
    }

    private static SimulatedTransaction Entry(int index, DateTimeOffset at, string counterparty, double dollars, string currency, string type, bool isCredit) =>
        new("", $"occ-{index:D6}", counterparty, at, Money.Of(dollars, currency), currency, type, isCredit, FraudScenario.None);
}
