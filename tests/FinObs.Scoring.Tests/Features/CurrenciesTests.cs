using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed class CurrenciesTests
{
    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("USD", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KWD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("XXX", 2)]
    [InlineData("DEM", 2)]
    [InlineData("ITL", 0)]
    public void Codes_of_ISO_4217_have_their_minor_units(string code, int exponent)
    {
        Assert.True(Currencies.IsKnown(code));
        Assert.Equal(exponent, Currencies.Exponent(code));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eur")]
    [InlineData("ZZZ")]
    [InlineData("EURO")]
    public void Other_codes_are_unknown(string? code) => Assert.False(Currencies.IsKnown(code));
}
