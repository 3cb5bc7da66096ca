using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;

namespace FinObs.DataPlane.Tests.Dashboard;

public sealed class WordsTests
{
    [Theory]
    [InlineData(48200, "USD", "48,200.00")]
    [InlineData(48200, "JPY", "48,200")]
    [InlineData(48200, "KWD", "48,200.000")]
    public void Money_has_its_currencys_own_decimals(int amount, string currency, string text) => Assert.Equal(text, Words.Money(amount, currency));

    [Theory]
    [InlineData(0.3, "ordinary")]
    [InlineData(0.9, "1 in 10")]
    [InlineData(0.9987, "1 in 770")]
    [InlineData(1.0, "beyond the training window")]
    public void A_score_is_said_by_how_rare_it_is(double score, string text) => Assert.Equal(text, Words.OneIn(score));

    [Theory]
    [InlineData(0.9, 1)]
    [InlineData(0.99, 2)]
    [InlineData(0.9999999, 4)]
    public void The_scale_of_scores_goes_by_powers_of_ten(double score, double at) => Assert.Equal(at, Words.TailOf(score), 9);

    [Fact]
    public void Ids_are_told_apart_by_their_end() => Assert.Equal("…cf1f4aea", Words.Tail("01a20ae0-ca74-7000-800c-0000cf1f4aea"));

    /// <summary>Worked by hand: (1,0) and (1,1) stand at 45°.</summary>
    [Fact]
    public void Explanations_are_alike_by_their_direction()
    {
        Assert.Equal(Math.Sqrt(0.5), SimilarDecisions.Cosine([1, 0], [1, 1]), 12);
        Assert.Equal(1, SimilarDecisions.Cosine([2, -1], [4, -2]), 12);
        Assert.Equal(0, SimilarDecisions.Cosine([0, 0], [1, 1]));
        Assert.Equal(0, SimilarDecisions.Cosine([1], [1, 1]));
    }

    [Theory]
    [InlineData(0.34, "340 µs")]
    [InlineData(9.12, "9.1 ms")]
    [InlineData(17401.8, "17.4 s")]
    public void A_machines_duration_has_the_unit_that_suits_it(double milliseconds, string text) => Assert.Equal(text, Words.Short(milliseconds));
}
