namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>The four frauds, each a handful of transactions on one account.</summary>
internal static class FraudCampaigns
{
    /// <summary>Transactions of a campaign on average, over the four.</summary>
    public const double MeanLength = 9;

    /// <summary>A campaign that begins at <paramref name="at"/>. Takeovers come at night unless <paramref name="atOnce"/>.</summary>
    public static IEnumerable<SimulatedTransaction> Next(RegularAccount account, DateTimeOffset at, bool atOnce, SimulationRandom random) => random.Next(4) switch
    {
        0 => Takeover(account, atOnce ? at : Night(at, random), TimeSpan.FromMinutes(atOnce ? 0.5 : 6), random),
        1 => CardTesting(account, at, random),
        2 => Structuring(account, at, atOnce ? TimeSpan.FromMinutes(4) : TimeSpan.FromHours(11), random),
        _ => MuleFanIn(account, at, atOnce ? TimeSpan.FromSeconds(40) : TimeSpan.FromHours(1), random),
    };

    /// <summary>3 to 6 large payments to strangers, one after the other.</summary>
    public static IEnumerable<SimulatedTransaction> Takeover(RegularAccount account, DateTimeOffset at, TimeSpan pace, SimulationRandom random)
    {
        int count = 3 + random.Next(4);
        for (int i = 0; i < count; i++)
        {
            at += pace * random.Between(0.2, 1.8);
            string type = random.Pick(["wire_transfer", "wire_transfer", "crypto", "card"]);
            yield return account.Entry(Whole(at), Stranger(random), random.LogNormal(type == "card" ? 900 : 3200, 0.5), type, scenario: FraudScenario.AccountTakeover);
        }
    }

    /// <summary>8 to 18 purchases of a dollar or two within minutes, then one of several hundred.</summary>
    public static IEnumerable<SimulatedTransaction> CardTesting(RegularAccount account, DateTimeOffset at, SimulationRandom random)
    {
        int count = 8 + random.Next(11);
        for (int i = 0; i < count; i++)
        {
            at = at.AddSeconds(5 + random.Next(40));
            yield return account.Entry(at, $"web-{random.Next(100_000):D5}", random.Between(0.5, 2.5), "card", scenario: FraudScenario.CardTesting);
        }

        yield return account.Entry(at.AddSeconds(120 + random.Next(600)), Stranger(random), random.Between(300, 1100), "card", scenario: FraudScenario.CardTesting);
    }

    /// <summary>3 to 6 cash deposits just below 10,000 of the account's own currency's dollars, then the sum by wire.</summary>
    public static IEnumerable<SimulatedTransaction> Structuring(RegularAccount account, DateTimeOffset at, TimeSpan pace, SimulationRandom random)
    {
        int count = 3 + random.Next(4);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double dollars = Math.Round(random.Between(9000, 9950) / 50) * 50;
            sum += dollars;
            at += pace * random.Between(0.6, 1.4);
            yield return account.Entry(Whole(at), $"branch-{1 + random.Next(40):D2}", dollars, "cash_in", isCredit: true, FraudScenario.Structuring);
        }

        yield return account.Entry(Whole(at + pace), Stranger(random), sum * 0.97, "wire_transfer", scenario: FraudScenario.Structuring);
    }

    /// <summary>7 to 14 strangers pay in within hours, then nine tenths of it leave by one wire.</summary>
    public static IEnumerable<SimulatedTransaction> MuleFanIn(RegularAccount account, DateTimeOffset at, TimeSpan pace, SimulationRandom random)
    {
        int count = 7 + random.Next(8);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double dollars = random.LogNormal(480, 0.4);
            sum += dollars;
            at += pace * random.Between(0.2, 1);
            yield return account.Entry(Whole(at), Stranger(random), dollars, random.Chance(0.7) ? "internal" : "ach", isCredit: true, FraudScenario.MuleFanIn);
        }

        yield return account.Entry(Whole(at + (pace * 0.5)), Stranger(random), sum * 0.9, "wire_transfer", scenario: FraudScenario.MuleFanIn);
    }

    private static string Stranger(SimulationRandom random) => $"ext-{random.Next(10_000_000):D7}";

    private static DateTimeOffset Night(DateTimeOffset at, SimulationRandom random) =>
        new DateTimeOffset(at.Year, at.Month, at.Day, 0, 0, 0, TimeSpan.Zero).AddSeconds(3600 + random.Next(3 * 3600));

    private static DateTimeOffset Whole(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}
