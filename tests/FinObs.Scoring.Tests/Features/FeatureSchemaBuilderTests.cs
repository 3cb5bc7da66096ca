using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed class FeatureSchemaBuilderTests
{
    [Fact]
    public void The_population_is_what_the_stream_was()
    {
        var builder = new FeatureSchemaBuilder(Given.Euro);
        for (int i = 0; i < 1000; i++)
        {
            double amount = Math.Exp(i % 2 == 0 ? 3 : 5) - 1;
            builder.Add(Given.Card(amount, Given.Noon.AddHours(i % 4), type: i % 10 == 0 ? "wire" : "card"), new AccountProfile());
        }

        PopulationStatistics population = builder.Build().Population;
        Assert.Equal(1000, population.Transactions);
        Assert.Equal(4, population.LogMean, 1e-9);
        Assert.Equal(1, population.LogDeviation, 1e-9);
        Assert.Equal(["card", "wire"], population.Types.Select(type => type.Type));
        Assert.Equal(0.9, population.Types[0].Share, 1e-9);
        Assert.Equal(251 / 1024.0, population.HourShares[12], 1e-9);
        Assert.Equal(1 / 1024.0, population.HourShares[3], 1e-9);
        Assert.Equal(1, population.HourShares.Sum(), 1e-9);
    }

    [Fact]
    public void Accounts_that_differ_from_each_other_show_in_a_smaller_spread_within()
    {
        PopulationStatistics different = Spread(account => account);
        PopulationStatistics alike = Spread(_ => 0);
        Assert.True(different.LogDeviationWithin < 0.5 * different.LogDeviation);
        Assert.Equal(alike.LogDeviation, alike.LogDeviationWithin, 0.05);
    }

    [Fact]
    public void Without_a_usable_transaction_the_schema_is_still_sound()
    {
        var builder = new FeatureSchemaBuilder(Given.Euro);
        builder.Build().Population.Validate();
        builder.Add(Given.Card(double.NaN), new AccountProfile());
        builder.Build().Population.Validate();
    }

    [Fact]
    public void Types_beyond_the_most_are_left_to_the_unknown()
    {
        var builder = new FeatureSchemaBuilder(Given.Euro);
        for (int i = 0; i < 20_000; i++)
        {
            builder.Add(Given.Card(type: $"type_{i}"), new AccountProfile());
        }

        Assert.Equal(PopulationStatistics.MostTypes, builder.Build().Population.Types.Length);
    }

    private static PopulationStatistics Spread(Func<int, double> levelOf)
    {
        var builder = new FeatureSchemaBuilder(Given.Euro);
        var random = new Random(5);
        var profiles = Enumerable.Range(0, 8).Select(_ => new AccountProfile()).ToArray();
        for (int i = 0; i < 4000; i++)
        {
            int account = i % profiles.Length;
            TransactionFacts facts = Given.Card(Math.Exp(2 + levelOf(account) + random.NextDouble()), Given.Noon.AddHours(i));
            builder.Add(in facts, profiles[account]);
            profiles[account].Observe(in facts, TimeZoneInfo.Utc);
        }

        return builder.Build().Population;
    }
}
