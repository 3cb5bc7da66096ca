using FinObs.DataPlane.Mcp.Tools.Scoring;

namespace FinObs.DataPlane.Tests.Mcp;

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
}
