using FinObs.Operator.CallbackTargets;

namespace FinObs.Operator.Tests.CallbackTargets;

public sealed class ReplayWishTests
{
    [Theory]
    [InlineData("dlq", null)]
    [InlineData("dlq#2", null)]
    [InlineData("since=2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00")]
    [InlineData("since=2026-03-01T12:00:00.25+02:00#again", "2026-03-01T10:00:00.25+00:00")]
    public void It_names_the_dead_letters_or_an_instant(string text, string? since)
    {
        Assert.True(ReplayWish.TryParse(text, out ReplayWish wish));
        Assert.Equal(since is null ? null : DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture), wish.Since);
    }

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("DLQ")]
    [InlineData("since=")]
    [InlineData("since=yesterday")]
    [InlineData("since=2026-03-01")]
    [InlineData("since=2026-03-01T12:00:00")]
    [InlineData("2026-03-01T12:00:00Z")]
    public void Anything_else_and_an_instant_without_a_zone_is_none(string text) => Assert.False(ReplayWish.TryParse(text, out _));
}
