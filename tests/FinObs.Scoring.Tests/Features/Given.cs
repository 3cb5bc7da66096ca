using CsCheck;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

/// <summary>Transactions and populations for tests.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static readonly ProfileSettings Euro = new("EUR", "UTC");

    /// <summary>Anything that a caller may hand over, sane or not.</summary>
    public static readonly Gen<TransactionFacts> AnyFacts =
        from type in OneOf("card", "wire_transfer", "cash_out", "refund", "crypto", "never_seen", "x")
        from minutes in Gen.Frequency((8, Gen.Long[0, 100_000]), (1, Gen.Const(0L)), (1, Gen.Long[-50_000_000, 500_000_000]))
        from amount in Gen.Frequency(
            (6, Gen.Double[0, 5_000].Select(value => (double?)value)),
            (1, OneOf<double?>(null, 0, 1e-300, 1e9, 1e300, -5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue)))
        from isCredit in Gen.Bool
        from counterparty in Gen.Frequency((1, Gen.Const(0UL)), (3, Gen.ULong))
        from hasAccount in Gen.Frequency((9, Gen.Const(true)), (1, Gen.Const(false)))
        select new TransactionFacts(type, Noon.AddMinutes(minutes), amount, isCredit, counterparty, hasAccount);

    /// <summary>A plain stream of an account, the same for the same seed.</summary>
    public static TransactionFacts[] Stream(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Card(
            Math.Exp(2 + (3 * random.NextDouble())),
            Noon.AddMinutes((90 * i) + random.Next(60)),
            random.Next(4) == 0 ? string.Empty : $"shop {random.Next(60)}",
            random.Next(5) switch { 0 => "wire_transfer", 1 => $"type_{random.Next(9)}", _ => "card" },
            random.Next(9) == 0))];
    }

    public static TransactionFacts Card(double? amount = 50, DateTimeOffset? at = null, string counterparty = "shop", string type = "card", bool isCredit = false) =>
        new(type, at ?? Noon, amount, isCredit, StableHash.Of(counterparty), HasAccount: true);

    /// <summary>A profile that made the same payment every day at noon, the last one on the day before <see cref="Noon"/>.</summary>
    public static AccountProfile Daily(int days, double amount = 50)
    {
        var profile = new AccountProfile();
        for (int day = days; day >= 1; day--)
        {
            profile.Observe(Card(amount, Noon.AddDays(-day)), TimeZoneInfo.Utc);
        }

        return profile;
    }

    /// <summary>A schema measured on a few hundred payments of two types by ten accounts.</summary>
    public static FeatureSchema Schema(ProfileSettings? settings = null)
    {
        settings ??= Euro;
        var builder = new FeatureSchemaBuilder(settings);
        var random = new Random(11);
        var profiles = new AccountProfile[10];
        for (int i = 0; i < 600; i++)
        {
            AccountProfile profile = profiles[i % 10] ??= new AccountProfile();
            double amount = Math.Exp(3 + (0.1 * (i % 10)) + random.NextDouble());
            TransactionFacts facts = i % 7 == 0
                ? Card(20 * amount, Noon.AddHours(-600 + i), $"payee {random.Next(50)}", "wire_transfer")
                : Card(amount, Noon.AddHours(-600 + i), $"shop {random.Next(5)}");
            builder.Add(facts, profile);
            profile.Observe(facts, settings.Zone());
        }

        return builder.Build();
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
