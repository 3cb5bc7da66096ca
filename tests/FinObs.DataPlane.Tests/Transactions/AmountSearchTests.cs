using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>Which amounts are tried.</summary>
public sealed class AmountSearchTests
{
    [Theory]
    [InlineData("100")]
    [InlineData("0.01")]
    [InlineData("0.004")]
    [InlineData("999999999.99")]
    [InlineData("1000000000")]
    public void Amounts_go_from_the_given_one_to_both_ends_of_what_is_accepted_each_once(string given)
    {
        decimal amount = decimal.Parse(given);
        decimal[] up = [.. AmountSearch.Amounts(amount, up: true)];
        decimal[] down = [.. AmountSearch.Amounts(amount, up: false)];

        Assert.Equal(up.Distinct().Order(), up);
        Assert.Equal(down.Distinct().OrderDescending(), down);
        Assert.All(up, tried => Assert.True(tried > amount && tried <= 1_000_000_000));
        Assert.All(down, tried => Assert.True(tried < amount && tried >= 0.01m));
        Assert.Equal(amount >= 1_000_000_000 ? 0 : 1_000_000_000, up.LastOrDefault());
        Assert.Equal(amount <= 0.01m ? 0 : 0.01m, down.LastOrDefault());
        Assert.InRange(up.Length + down.Length, 0, 400);
    }

    [Theory]
    [InlineData("100", "200")]
    [InlineData("200", "100")]
    [InlineData("100", "100.02")]
    [InlineData("100.004", "100.02")]
    [InlineData("100", "100.01")]
    public void Between_two_amounts_those_are_tried_that_lie_between_them_from_the_first_to_the_second(string first, string second)
    {
        (decimal from, decimal to) = (decimal.Parse(first), decimal.Parse(second));
        decimal[] within = AmountSearch.Within(from, to);

        Assert.All(within, amount => Assert.True(amount > Math.Min(from, to) && amount < Math.Max(from, to)));
        Assert.Equal(from < to ? within.Distinct().Order() : within.Distinct().OrderDescending(), within);
        Assert.Equal(Math.Abs(to - from) > 0.011m, within.Length > 0);
    }
}
