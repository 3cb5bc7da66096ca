namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>A customer with habits: a salary on a pay day, rent, bills, the same shops at the same hours, more at the weekend or less.</summary>
internal sealed class RegularAccount
{
    private const double MeanPurchasesADay = 1.9;

    private readonly ulong _seed;
    private readonly int _index;
    private readonly Merchant[] _habits;
    private readonly double _purchasesADay;
    private readonly double _weekendFactor;
    private readonly double _peakHour;
    private readonly double _wealth;
    private readonly double _salary;
    private readonly int _payDay;
    private readonly int _rentDay;
    private readonly int _billDay;
    private readonly string _employer;
    private readonly string _landlord;
    private readonly string _utility;
    private readonly string? _exchange;
    private readonly string? _supplier;
    private readonly string[] _friends;

    public RegularAccount(ulong seed, int index)
    {
        var random = SimulationRandom.For(seed, (ulong)index);
        _seed = seed;
        _index = index;
        Id = $"acc-{index:D5}";
        Currency = Money.PickCurrency(random);
        _habits = [.. Enumerable.Range(0, 4 + random.Next(7)).Select(_ => random.Pick(Merchants.All))];
        _purchasesADay = Math.Min(6, random.LogNormal(MeanPurchasesADay * 0.85, 0.45));
        _weekendFactor = random.Between(0.5, 1.8);
        _peakHour = random.Between(10, 20);
        _wealth = random.LogNormal(1, 0.35);
        _salary = random.LogNormal(3100, 0.35);
        (_payDay, _rentDay, _billDay) = (random.Pick([1, 15, 25, 28]), 1 + random.Next(5), 5 + random.Next(20));
        (_employer, _landlord, _utility) = (Merchants.Employer(random), Merchants.Landlord(random), Merchants.Utility(random));
        _exchange = random.Chance(0.06) ? Merchants.Exchange(random) : null;
        _supplier = random.Chance(0.15) ? Merchants.Supplier(random) : null;
        _friends = [.. Enumerable.Range(0, 3).Select(_ => $"acc-{random.Next(100_000):D5}")];
    }

    public string Id { get; }

    public string Currency { get; }

    /// <summary>Purchases that an account makes in a day on average.</summary>
    public static double ExpectedPerDay => MeanPurchasesADay + 0.35;

    /// <summary>What the account does on one day. The same whatever other days or accounts do.</summary>
    public IEnumerable<SimulatedTransaction> Day(DateTimeOffset day, int dayIndex)
    {
        var random = SimulationRandom.For(_seed, (ulong)_index, (ulong)dayIndex + 1);
        if (day.Day == _payDay) yield return Entry(day.AddHours(6.5).AddSeconds(random.Next(3600)), _employer, _salary, "ach", isCredit: true);
        if (day.Day == _rentDay) yield return Entry(day.AddHours(9).AddSeconds(random.Next(1800)), _landlord, Math.Round(_salary * 0.3), "ach");
        if (day.Day == _billDay) yield return Entry(day.AddHours(8).AddSeconds(random.Next(7200)), _utility, random.LogNormal(95, 0.25), "direct_debit");
        if (random.Chance(0.12)) yield return Entry(HourOf(day, random), random.Pick(_friends), random.LogNormal(40, 0.8), "internal", random.Chance(0.5));
        if (_exchange is not null && random.Chance(0.1)) yield return Entry(HourOf(day, random), _exchange, random.LogNormal(150, 0.7), "crypto");
        if (_supplier is not null && random.Chance(0.06)) yield return Entry(HourOf(day, random), _supplier, random.LogNormal(1800, 0.7), "wire_transfer");
        bool isWeekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        int purchases = random.Poisson(_purchasesADay * (isWeekend ? _weekendFactor : 1));
        for (int i = 0; i < purchases; i++)
        {
            yield return Purchase(HourOf(day, random), random);
        }
    }

    /// <summary>One purchase at a given time: mostly at a usual shop, now and then somewhere new, seldom something expensive.</summary>
    public SimulatedTransaction Purchase(DateTimeOffset at, SimulationRandom random)
    {
        // Earlier habits weigh more: a square puts half of the visits on the first third of the list.
        double place = random.NextDouble();
        Merchant merchant = random.Chance(0.93) ? _habits[(int)(place * place * _habits.Length)] : random.Pick(Merchants.All);
        double tail = random.Chance(0.015) ? 1 / Math.Sqrt(1 - random.Between(0, 0.99)) : 1;
        return Entry(at, merchant.Id, random.LogNormal(merchant.MedianUsd * _wealth, merchant.Spread) * tail, "card");
    }

    /// <summary>A transaction of this account, before its number is given.</summary>
    public SimulatedTransaction Entry(
        DateTimeOffset at, string counterparty, double dollars, string type, bool isCredit = false, FraudScenario scenario = FraudScenario.None) =>
        new("", Id, counterparty, at, Money.Of(dollars, Currency), Currency, type, isCredit, scenario);

    // Waking hours around the account's own peak; one in fifty at any hour.
    private DateTimeOffset HourOf(DateTimeOffset day, SimulationRandom random)
    {
        double hour = random.Chance(0.02) ? random.Between(0, 24) : Math.Clamp(_peakHour + (2.8 * random.Normal()), 6, 23.6);
        return day.AddSeconds(Math.Floor(hour * 3600));
    }
}
