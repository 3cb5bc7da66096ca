using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed class ExchangeRatesTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void The_same_currency_is_one_even_without_rates()
    {
        Assert.Equal(12.5, ExchangeRates.Default.ToBase(12.5m, "XXX", "XXX", Today));
        Assert.Equal(12.5, ExchangeRates.Default.ToBase(12.5m, "EUR", "EUR", Today));
    }

    [Fact]
    public void An_unknown_rate_gives_nothing()
    {
        Assert.Null(ExchangeRates.Default.ToBase(1, "XXX", "EUR", Today));
        Assert.Null(ExchangeRates.Default.ToBase(1, "EUR", "XXX", Today));
    }

    [Fact]
    public void A_rate_holds_from_its_day_and_the_ends_hold_on()
    {
        ExchangeRates rates = Load("from,currency,value", "# comment", "2024-01-01,USD,1", "2024-01-01,EUR,2", "2024-06-01,EUR,4", "");
        Assert.Equal(20, rates.ToBase(10, "EUR", "USD", new DateOnly(2020, 1, 1)));
        Assert.Equal(20, rates.ToBase(10, "EUR", "USD", new DateOnly(2024, 5, 31)));
        Assert.Equal(40, rates.ToBase(10, "EUR", "USD", new DateOnly(2024, 6, 1)));
        Assert.Equal(2.5, rates.ToBase(10, "USD", "EUR", Today));
    }

    [Fact]
    public void The_embedded_table_is_plausible()
    {
        Assert.InRange(ExchangeRates.Default.ToBase(100, "EUR", "USD", Today)!.Value, 95, 130);
        Assert.InRange(ExchangeRates.Default.ToBase(10_000, "JPY", "EUR", Today)!.Value, 40, 90);
        Assert.InRange(ExchangeRates.Default.ToBase(100, "GBP", "EUR", new DateOnly(2019, 5, 5))!.Value, 105, 125);
    }

    [Theory]
    [InlineData("2024-01-01,USD")]
    [InlineData("01/02/2024,USD,1")]
    [InlineData("2024-01-01,USD,-1")]
    [InlineData("2024-01-01,USD,NaN")]
    public void A_bad_line_is_named(string line) =>
        Assert.Contains("line 2", Assert.Throws<FormatException>(() => Load("from,currency,value", line)).Message);

    private static ExchangeRates Load(params string[] lines) => ExchangeRates.Load(new StringReader(string.Join('\n', lines)));
}
