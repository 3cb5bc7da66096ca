using CsCheck;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Tests.Resources;

public sealed class DurationTests
{
    private static readonly string[] UnitNames = ["h", "m", "s", "ms"];

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("90s", 90_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("1m1ms", 60_001)]
    [InlineData("5m1h", 3_900_000)]
    public void What_Go_writes_is_read(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out Duration duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("1 h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1d")]
    [InlineData("1h\n")]
    [InlineData("12345678h")]
    [InlineData("1h1h1h1h1h")]
    public void Anything_else_is_not(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Long[0, 9_999_999L * 3_600_000].Sample(milliseconds =>
        {
            Duration duration = new(TimeSpan.FromMilliseconds(milliseconds));
            return Duration.TryParse(duration.ToString(), out Duration read) && read == duration;
        });

    [Fact]
    public void Whatever_has_the_form_has_a_value() =>
        Gen.Select(Gen.Int[0, 9_999_999], Gen.Int[0, 3].Select(i => UnitNames[i])).Array[1, 4].Sample(
            parts => Duration.TryParse(string.Concat(parts.Select(part => $"{part.Item1}{part.Item2}")), out Duration read)
                && read.Value == parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + Unit(part.Item2) * part.Item1));

    private static TimeSpan Unit(string name) => name switch
    {
        "h" => TimeSpan.FromHours(1),
        "m" => TimeSpan.FromMinutes(1),
        "s" => TimeSpan.FromSeconds(1),
        _ => TimeSpan.FromMilliseconds(1),
    };
}
