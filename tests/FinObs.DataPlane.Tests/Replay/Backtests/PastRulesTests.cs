using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Replay.Backtests;

namespace FinObs.DataPlane.Tests.Replay.Backtests;

/// <summary>What rules came to, from what is kept of them.</summary>
public sealed class PastRulesTests
{
    [Theory]
    [InlineData("manual_review", Decision.Review, Decision.Approve, Decision.Approve, Decision.Review)]
    [InlineData("manual_review", Decision.Review, Decision.Approve, Decision.Block, Decision.Block)]
    [InlineData("silenced", Decision.Approve, Decision.Approve, Decision.Review, Decision.Review)]
    [InlineData("allow", Decision.Approve, Decision.Review, Decision.Review, Decision.Approve)]
    [InlineData("allow", Decision.Approve, Decision.Review, Decision.Block, Decision.Block)]
    [InlineData("allow", Decision.Approve, Decision.Block, Decision.Review, Decision.Approve)]
    [InlineData("allow", Decision.Approve, Decision.Approve, Decision.Review, Decision.Review)]
    public void A_rule_asks_for_what_it_asked_for_and_an_allow_list_lowers_what_it_lowered_and_nothing_worse(string mark, Decision record, Decision modelThen, Decision modelNow, Decision expected)
    {
        PastDecision row = new()
        {
            Decision = record,
            Rules = new byte[32],
            Reasons = ReasonsJson.Write([new DecisionReason("RULE", "", "A sentence.", 0, new RuleMark("r", 1, "internal policy", mark))]),
            Currency = "USD",
        };

        Assert.Equal(expected, PastRules.Of(row, modelThen)!.With(modelNow, isScored: true));
    }

    [Fact]
    public void Where_no_rule_hit_the_model_decides_alone() =>
        Assert.Null(PastRules.Of(new PastDecision { Rules = new byte[32], Reasons = ReasonsJson.None, Currency = "USD" }, Decision.Block));
}
