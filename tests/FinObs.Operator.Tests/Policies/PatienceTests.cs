using FinObs.Contracts.Resources;
using FinObs.Operator.Policies;

namespace FinObs.Operator.Tests.Policies;

public sealed class PatienceTests
{
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 10, 2)]
    [InlineData(8, 10, 2)]
    [InlineData(20, 10, 5)]
    [InlineData(3600, 10, 10)]
    [InlineData(-3600, 10, 2)]
    [InlineData(3600, 1, 2)]
    public void It_is_looked_at_soon_and_then_the_later_the_longer_it_lasts(int seconds, int longest, int after) => Assert.Equal(
        TimeSpan.FromSeconds(after),
        Patience.After(new BlockedOn { Gate = "DataPlane", Since = Since, Hint = "It does not answer." }, Since.AddSeconds(seconds), TimeSpan.FromSeconds(longest)));
}
