using FinObs.DataPlane.Dashboard.Reading;

namespace FinObs.DataPlane.Tests.Dashboard;

public sealed class OverviewVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_rate_within_chance_of_its_budget_is_healthy()
    {
        VerdictSentence first = Of(Tail(10_000, 108))[0];
        Assert.Equal("good", first.State);
        Assert.StartsWith("10,000 decisions", first.Text, StringComparison.Ordinal);
    }

    /// <summary>Binomial: of 10,000 at 1 % the standard error is 9.95; 140 are four of them away.</summary>
    [Theory]
    [InlineData(140, "more than chance")]
    [InlineData(60, "fewer than chance")]
    public void A_rate_beyond_chance_is_worth_a_look(int flagged, string words)
    {
        VerdictSentence first = Of(Tail(10_000, flagged))[0];
        Assert.Equal("watch", first.State);
        Assert.Contains(words, first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Few_scores_say_nothing_about_the_rate() => Assert.DoesNotContain(Of(Tail(500, 50)), sentence => sentence.Text.Contains("threshold", StringComparison.Ordinal));

    [Fact]
    public void Without_a_model_that_comes_first() => Assert.Contains("waits for a person", Of(Tail(0, 0) with { Model = null })[0].Text, StringComparison.Ordinal);

    [Fact]
    public void A_target_that_fails_is_told_before_what_is_well()
    {
        VerdictSentence[] sentences = Of(Tail(10_000, 100), new DeliveryLine("bank", "bad", "disabled", 3, 60, 2));
        Assert.Equal(("bad", "/deliveries"), (sentences[0].State, sentences[0].Path));
        Assert.DoesNotContain(sentences, sentence => sentence.State == "good" && sentence.Text.StartsWith("10,000", StringComparison.Ordinal));
    }

    private static TailModel Tail(int scores, int over) => new("m@1", 0.99, 0.999, scores, over, new int[32]);

    private static VerdictSentence[] Of(TailModel tail, params DeliveryLine[] deliveries) =>
    [
        .. OverviewVerdict.Of(
            new OverviewModel
            {
                Range = "24h", At = Now, State = "none", Sentences = [], Bars = [new FlowBar(Now, 9_890, 100, 10)], Deployments = [], Tail = tail, Latency = new LatencyModel(null, 0, 0), Drift = null,
                Approvals = [], Deliveries = deliveries,
            },
            OverviewRange.Of("24h")),
    ];
}
