using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>Amounts thought of in dollars, written in the account's currency.</summary>
internal static class Money
{
    // Round numbers of the right size, not market rates.
    private static readonly (string Currency, double PerDollar, double Share)[] Table =
        [("USD", 1, 0.78), ("EUR", 0.9, 0.1), ("GBP", 0.8, 0.06), ("CHF", 0.9, 0.03), ("JPY", 150, 0.03)];

    public static string PickCurrency(SimulationRandom random)
    {
        double place = random.NextDouble();
        foreach ((string currency, _, double share) in Table)
        {
            if (place < share) return currency;
            place -= share;
        }

        return Table[0].Currency;
    }

    /// <summary>At least one minor unit; never more than a million dollars.</summary>
    public static decimal Of(double dollars, string currency)
    {
        double perDollar = 1;
        foreach ((string code, double rate, _) in Table)
        {
            if (code == currency) perDollar = rate;
        }

        int digits = Currencies.Exponent(currency);
        decimal smallest = digits == 0 ? 1 : 0.01m;
        return Math.Max(smallest, Math.Round((decimal)(Math.Min(dollars, 1_000_000) * perDollar), digits, MidpointRounding.AwayFromZero));
    }
}
