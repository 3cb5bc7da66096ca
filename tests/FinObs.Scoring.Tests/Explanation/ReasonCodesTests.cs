using CsCheck;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using FinObs.Scoring.Tests.Features;

namespace FinObs.Scoring.Tests.Explanation;

public sealed class ReasonCodesTests
{
    private static readonly FeatureSchema Schema = Given.Schema(new ProfileSettings("USD", "UTC"));

    [Fact]
    public void A_reason_names_the_account_s_own_baseline()
    {
        IReadOnlyList<ReasonCode> reasons = Describe("amount_z_account@1", Given.Card(383.16), Given.Daily(90, 41.20));
        Assert.Equal("Amount is 9.3 × this account's 30-day mean of 41.20 USD", Assert.Single(reasons).Text);
        Assert.Equal("AMOUNT_VS_ACCOUNT", reasons[0].Code);
        Assert.Equal("amount_z_account@1", reasons[0].Feature);
    }

    [Theory]
    [InlineData("amount_z_account_type@1", "Amount is 10.0 × this account's typical card of 41.20 USD")]
    [InlineData("counterparty_novelty@1", "New counterparty: not among the last 32 of this account, in 90 transactions")]
    [InlineData("hour_surprise@1", "Made at 03:30 UTC; this account is rarely active between 03:00 and 06:00")]
    public void Other_reasons_speak_of_habits(string feature, string text) =>
        Assert.Equal(text, Describe(feature, Given.Card(412, Given.Noon.AddHours(-8.5), "stranger"), Given.Daily(90, 41.20))[0].Text);

    [Fact]
    public void An_account_without_history_is_said_to_have_none() =>
        Assert.EndsWith("this account has no history", Describe("amount_z_account@1", Given.Card(9_000), new AccountProfile())[0].Text);

    [Fact]
    public void An_unknown_rate_is_said() =>
        Assert.Contains("no exchange rate", Describe("amount_z_account@1", Given.Card(null), Given.Daily(9))[0].Text);

    [Fact]
    public void The_strongest_come_first_and_only_those_that_raise_the_score()
    {
        var contributions = new double[Schema.Names.Length];
        contributions[0] = 0.2;
        contributions[1] = 0.9;
        contributions[3] = -2;
        contributions[5] = 0.001;
        IReadOnlyList<ReasonCode> reasons = Describe(contributions, Given.Card(900), Given.Daily(9));
        Assert.Equal(["amount_z_account@1", "amount@1"], reasons.Select(reason => reason.Feature));
        Assert.Equal([0.9, 0.2], reasons.Select(reason => reason.Contribution));
    }

    [Fact]
    public void At_most_so_many_are_given()
    {
        double[] contributions = [.. Enumerable.Repeat(1.0, Schema.Names.Length)];
        Assert.Equal(4, Describe(contributions, Given.Card(900), Given.Daily(9)).Count);
    }

    [Fact]
    public void A_feature_that_is_not_in_the_catalogue_is_named_as_it_is()
    {
        FeatureSchema schema = Schema with { Names = ["meta.branch_risk"] };
        var e = new ScoreExplanation(ExplanationMethod.TreeShapExact, 0, [1], [1], [], 1, 0.995);
        ReasonCode reason = Assert.Single(ReasonCodes.Describe(e, schema, [4.5f], Given.Card(), AccountBaseline.From(Given.Card(), new AccountProfile())));
        Assert.Equal("meta.branch_risk is 4.5, unusual for this model", reason.Text);
    }

    [Theory]
    [InlineData(ExplanationMethod.Unavailable)]
    [InlineData(ExplanationMethod.Failed)]
    public void Without_an_explanation_there_are_no_reasons(ExplanationMethod method)
    {
        var e = new ScoreExplanation(method, 0, [], [], [], 1, 1, "why");
        Assert.Empty(ReasonCodes.Describe(e, Schema, new float[Schema.Names.Length], Given.Card(), AccountBaseline.From(Given.Card(), new AccountProfile())));
    }

    [Fact]
    public void Any_transaction_can_be_put_into_words() =>
        Gen.Select(Given.AnyFacts, Given.AnyFacts.Array[0, 20]).Sample((facts, history) =>
        {
            var profile = new AccountProfile();
            foreach (TransactionFacts past in history)
            {
                profile.Observe(in past, TimeZoneInfo.Utc);
            }

            double[] contributions = [.. Enumerable.Repeat(1.0, Schema.Names.Length)];
            IReadOnlyList<ReasonCode> reasons = Describe(contributions, facts, profile, most: 20);
            Assert.Equal(Schema.Names.Select(name => FeatureCatalogue.Get(name).ReasonCode).Distinct().Count(), reasons.Count);
            Assert.All(reasons, reason => Assert.DoesNotContain("NaN", reason.Text));
        }, iter: 300);

    private static IReadOnlyList<ReasonCode> Describe(string feature, TransactionFacts facts, AccountProfile profile)
    {
        var contributions = new double[Schema.Names.Length];
        contributions[Array.IndexOf(Schema.Names, feature)] = 1;
        return Describe(contributions, facts, profile);
    }

    private static IReadOnlyList<ReasonCode> Describe(double[] contributions, TransactionFacts facts, AccountProfile profile, int most = 4)
    {
        var row = new float[Schema.Names.Length];
        new FeatureExtractor(Schema).Extract(in facts, profile, row);
        var e = new ScoreExplanation(ExplanationMethod.TreeShapExact, 0, contributions, contributions, [], contributions.Sum(), 0.995);
        var baseline = AccountBaseline.From(in facts, profile);
        return ReasonCodes.Describe(e, Schema, row, in facts, in baseline, most);
    }
}
