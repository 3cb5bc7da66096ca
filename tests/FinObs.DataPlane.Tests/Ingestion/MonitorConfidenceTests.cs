using CsCheck;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class MonitorConfidenceTests
{
    private static readonly DecisionThresholds Thresholds = new(0.99, 0.999);

    [Theory]
    [InlineData(0.99, 50)]
    [InlineData(0.999, 50)]
    [InlineData(0.9, 100)]
    [InlineData(0, 100)]
    [InlineData(0.98, 65)]
    [InlineData(0.9968377, 75)]
    [InlineData(0.9999, 100)]
    [InlineData(1, 100)]
    public void It_is_the_distance_to_the_nearest_threshold_in_decades_of_rarity(double score, int confidence) =>
        Assert.Equal(confidence, MonitorConfidence.Of(score, Thresholds));

    [Fact]
    public void It_lies_between_50_and_100_and_grows_away_from_a_threshold() =>
        Gen.Select(Gen.Double[0, 0.99], Gen.Double[0, 0.99]).Sample((a, b) =>
        {
            (int low, int high) = (MonitorConfidence.Of(Math.Min(a, b), Thresholds), MonitorConfidence.Of(Math.Max(a, b), Thresholds));
            Assert.InRange(low, 50, 100);
            Assert.True(low >= high);
        });

    [Fact]
    public void A_decision_that_the_score_does_not_explain_was_a_rule()
    {
        var transaction = (TransactionItem.Valid)new TransactionRequest { TransactionId = "t", Amount = "5", Timestamp = "1774951200" }
            .Validate(new TransactionRequestContext(DateTimeOffset.FromUnixTimeSeconds(1774951200), null, 0));
        TransactionResult result = Samples.Result(transaction.Transaction, "monitor") with { Decision = Decision.Block };

        MonitorAnswer answer = MonitorAnswers.Of(new TransactionOutcome.Scored(result, Replayed: false));

        Assert.Equal(100, answer.Confidence);
        Assert.Contains("A rule, not the score, decided", answer.Reasoning, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1774951200), answer.AuditTrail.Timestamp);
    }
}
