using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;

namespace FinObs.DataPlane.Tests.Decisions.Rules;

/// <summary>What each type of rule sees, at its edges.</summary>
public class RuleKindsTests
{
    private static readonly DateTimeOffset Noon = RuleWorld.Noon;

    [Theory]
    [InlineData("over", 10_000, false)]
    [InlineData("over", 10_000.01, true)]
    [InlineData("atLeast", 9_999.99, false)]
    [InlineData("atLeast", 10_000, true)]
    public void A_limit_is_kept_to_the_cent(string compare, double amount, bool hits)
    {
        RuleWorld world = new(RuleWorld.One("amountLimit", $"amount: 10000, compare: {compare}"));

        Assert.Equal(hits, world.Ask((decimal)amount) is not null);
    }

    [Fact]
    public void The_sentence_has_the_numbers_and_the_reason_its_rule()
    {
        RuleWorld world = new(RuleWorld.One("amountLimit", "amount: 10000, text: 'Of {amount}, limit {limit}'", outcome: "block"));

        RuleFinding found = world.Ask(12_345.6m)!;

        Assert.Equal(Decision.Block, found.Outcome);
        Assert.Equal(new DecisionReason("RULE_THE_RULE", "", "Of 12,345.6 USD, limit 10,000 USD", 0, new RuleMark("the-rule", 3, "internal policy", "block")), Assert.Single(found.Reasons));
    }

    [Fact]
    public void Another_currency_is_compared_at_the_days_rate_and_one_without_a_rate_does_not_slip_through()
    {
        RuleWorld world = new(RuleWorld.One("amountLimit", "amount: 10000, currency: USD"));

        Assert.Null(world.Ask(1_000_000, currency: "JPY"));
        Assert.NotNull(world.Ask(100_000, currency: "EUR"));
        Assert.Contains("no exchange rate of XAU is known", RuleWorld.TextOf(world.Ask(1, currency: "XAU")), StringComparison.Ordinal);
    }

    [Fact]
    public void Structuring_adds_up_what_stays_below_within_the_window_on_one_side()
    {
        RuleWorld world = new(RuleWorld.One("structuring", "atLeast: 2000, upTo: 10000, totalOver: 10000, count: 3, window: 24h", scope: "{types: [cash_in, cash_out]}"));
        const string In = "cash_in";

        Assert.Null(world.Ask(9_000, In, at: Noon.AddHours(-25), isCredit: true));
        Assert.Null(world.Ask(4_000, In, at: Noon.AddHours(-3), isCredit: true));
        Assert.Null(world.Ask(1_999, In, at: Noon.AddHours(-2), isCredit: true));
        Assert.Null(world.Ask(4_000, "cash_out", at: Noon.AddHours(-2)));
        Assert.Null(world.Ask(4_000, "ach", at: Noon.AddHours(-2), isCredit: true));

        // Exactly a day after the first, which is not within it any more.
        Assert.Null(world.Ask(4_000, In, at: Noon.AddHours(-1), isCredit: true));

        // 4,000 + 4,000 + 2,000 is not over 10,000.
        Assert.Null(world.Ask(2_000, In, at: Noon, isCredit: true));
        Assert.Equal(
            "4 transactions of 2,000 USD to 10,000 USD within 1 d add up to 12,000.5 USD", RuleWorld.TextOf(world.Ask(2_000.5m, In, at: Noon.AddMinutes(1), isCredit: true)));
    }

    [Fact]
    public void A_late_transaction_does_not_count_those_after_it()
    {
        RuleWorld world = new(RuleWorld.One("velocity", "moreThan: 2, window: 1h"));
        Assert.Null(world.Ask(1, at: Noon));
        Assert.Null(world.Ask(1, at: Noon.AddMinutes(1)));

        Assert.Null(world.Ask(1, at: Noon.AddMinutes(-1)));
        Assert.Equal("4 transactions of 4 USD within 1 h", RuleWorld.TextOf(world.Ask(1, at: Noon.AddMinutes(2))));
    }

    [Fact]
    public void Velocity_counts_up_to_32_before_and_says_at_least_beyond()
    {
        RuleWorld world = new(RuleWorld.One("velocity", "moreThan: 32, window: 1h"));
        for (int i = 0; i < 32; i++)
        {
            Assert.Null(world.Ask(1, at: Noon.AddSeconds(i)));
        }

        Assert.StartsWith("at least 33 transactions", RuleWorld.TextOf(world.Ask(1, at: Noon.AddSeconds(40))), StringComparison.Ordinal);
        Assert.StartsWith("at least 33 transactions", RuleWorld.TextOf(world.Ask(1, at: Noon.AddSeconds(41))), StringComparison.Ordinal);
    }

    [Fact]
    public void Velocity_of_money_is_exact_in_cents()
    {
        RuleWorld world = new(RuleWorld.One("velocity", "totalOver: 0.3, window: 1h"));
        Assert.Null(world.Ask(0.1m));
        Assert.Null(world.Ask(0.2m));
        Assert.NotNull(world.Ask(0.01m));
    }

    [Theory]
    [InlineData("2026-03-03T07:59:00-05:00", true)]
    [InlineData("2026-03-03T08:00:00-05:00", false)]
    [InlineData("2026-03-03T17:59:59-05:00", false)]
    [InlineData("2026-03-03T18:00:00-05:00", true)]
    [InlineData("2026-03-07T12:00:00-05:00", true)]
    [InlineData("2026-03-09T08:00:00-04:00", false)]
    public void Off_hours_go_by_the_wall_clock(string at, bool hits)
    {
        RuleWorld world = new(RuleWorld.One("offHours", "amount: 5000, opens: '08:00', closes: '18:00', zone: America/New_York"));
        DateTimeOffset instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(hits, world.Ask(5_000, at: instant) is not null);
        Assert.Null(world.Ask(4_999, at: instant));
    }

    [Fact]
    public void A_counterparty_is_new_once()
    {
        RuleWorld world = new(RuleWorld.One("newCounterparty", "amount: 100"));

        Assert.NotNull(world.Ask(100, counterparty: "c-1"));
        Assert.Null(world.Ask(100, counterparty: "c-1"));
        Assert.Null(world.Ask(99, counterparty: "c-2"));
        Assert.Null(world.Ask(100, counterparty: null));
        Assert.NotNull(world.Ask(100, counterparty: "c-3"));
    }

    [Theory]
    [InlineData("""{"to":{"country":"IR"}}""", true)]
    [InlineData("""{"to":{"country":"ir"}}""", true)]
    [InlineData("""{"to":{"country":"\u0049R"}}""", true)]
    [InlineData("""{"to":{"country":"IRL"}}""", false)]
    [InlineData("""{"to":"IR"}""", false)]
    [InlineData("""{"country":"IR","x":{"to":{"country":"IR"}}}""", false)]
    [InlineData(null, false)]
    public void A_country_is_found_where_the_path_leads(string? meta, bool hits)
    {
        RuleWorld world = new(RuleWorld.One("country", "field: meta.to.country, in: [IR, KP]"));

        Assert.Equal(hits, world.Ask(1, meta: meta) is not null);
    }

    [Theory]
    [InlineData(50_000, """{"c":"FR"}""", true)]
    [InlineData(50_000, """{"c":"us"}""", false)]
    [InlineData(49_999, """{"c":"FR"}""", false)]
    [InlineData(50_000, """{}""", false)]
    public void Across_the_border_from_an_amount_on(int amount, string meta, bool hits)
    {
        RuleWorld world = new(RuleWorld.One("crossBorder", "amount: 50000, field: meta.c, home: [US]"));

        Assert.Equal(hits, world.Ask(amount, meta: meta) is not null);
    }

    [Theory]
    [InlineData("in: [web, 7, true]", """{"f":"web"}""", true)]
    [InlineData("in: [web, 7, true]", """{"f":7}""", true)]
    [InlineData("in: [web, 7, true]", """{"f":true}""", true)]
    [InlineData("in: [web, 7, true]", """{"f":"branch"}""", false)]
    [InlineData("notIn: [web]", """{"f":"branch"}""", true)]
    [InlineData("notIn: [web]", """{}""", false)]
    [InlineData("over: 2.5", """{"f":2.6}""", true)]
    [InlineData("over: 2.5", """{"f":"2.6"}""", true)]
    [InlineData("over: 2.5", """{"f":2.5}""", false)]
    [InlineData("below: 0", """{"f":-1}""", true)]
    [InlineData("below: 0", """{"f":"none"}""", false)]
    [InlineData("is: missing", """{"f":null}""", true)]
    [InlineData("is: missing", """{"f":0}""", false)]
    [InlineData("is: present", """{"f":0}""", true)]
    [InlineData("is: missing, atLeast: 101", """{}""", false)]
    [InlineData("is: missing, atLeast: 100", """{}""", true)]
    public void A_field_is_compared_in_one_way(string comparison, string meta, bool hits)
    {
        RuleWorld world = new(RuleWorld.One("metaField", $"field: meta.f, {comparison}"));

        Assert.Equal(hits, world.Ask(100, meta: meta) is not null);
    }

    [Fact]
    public void Scope_namespace_and_dates_hold()
    {
        RuleWorld world = new(RuleWorld.One(
            "amountLimit", "amount: 1, effectiveFrom: '2026-03-01T00:00:00Z', effectiveUntil: '2026-04-01T00:00:00Z'",
            scope: "{types: [card], currencies: [EUR], namespaces: [a, b], direction: credit}"));
        RuleFinding? Ask(string type = "card", string currency = "EUR", string name = "b", bool isCredit = true, int month = 3) =>
            world.Ask(50, type, currency, isCredit: isCredit, name: name, now: new DateTimeOffset(2026, month, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.NotNull(Ask());
        Assert.All([Ask(type: "wire"), Ask(currency: "USD"), Ask(name: "default"), Ask(isCredit: false), Ask(month: 2), Ask(month: 4)], Assert.Null);
    }

    [Fact]
    public void A_rule_that_is_switched_off_says_nothing() =>
        Assert.Null(new RuleWorld(RuleWorld.One("amountLimit", "amount: 1, enabled: false")).Ask(50));

    [Fact]
    public void An_entry_counts_until_it_expires()
    {
        RuleWorld world = new($"""
            {RuleWorld.One("denyList", "field: counterparty, list: bad", outcome: "block")}
            lists:
              - name: bad
                entries: [c-1, {'{'}value: c-2, until: '2026-03-03T12:00:00Z'{'}'}]
            """);

        Assert.Equal("The counterparty is on the list bad", RuleWorld.TextOf(world.Ask(1)));
        Assert.Equal("The counterparty is on the list bad until 2026-03-03 12:00Z", RuleWorld.TextOf(world.Ask(1, counterparty: "c-2", now: Noon.AddTicks(-1))));
        Assert.Null(world.Ask(1, counterparty: "c-2", now: Noon));
        Assert.Null(world.Ask(1, counterparty: "C-1"));
    }

    [Theory]
    [InlineData("none", Decision.Review, Decision.Review)]
    [InlineData("review", Decision.Review, Decision.Approve)]
    [InlineData("review", Decision.Block, Decision.Block)]
    [InlineData("block", Decision.Block, Decision.Approve)]
    public void An_allow_list_lowers_the_model_only_as_far_as_it_may(string mayLower, Decision model, Decision decision)
    {
        RuleWorld world = new(Allowing("[large]", mayLower));

        RuleFinding found = world.Ask(500)!;

        Assert.Equal(decision, found.With(model, isScored: true));
        Assert.Equal(["allow"], found.Reasons.Select(reason => reason.Rule!.Outcome));
    }

    [Fact]
    public void What_an_allow_list_silences_stays_among_the_reasons_and_lowers_nothing_without_a_model()
    {
        RuleWorld world = new(Allowing("[large]", "block"));

        RuleFinding found = world.Ask(2_000)!;

        Assert.Equal(Decision.Approve, found.Outcome);
        Assert.Equal([("large", "silenced"), ("fine", "allow")], found.Reasons.Select(reason => (reason.Rule!.Id, reason.Rule.Outcome)));
        Assert.Equal(Decision.Review, found.With(Decision.Review, isScored: false));
        Assert.Equal(Decision.Block, RuleWorld.With(world.Ask(2_000, counterparty: "c-2"), Decision.Approve));
    }

    [Fact]
    public void A_deny_list_goes_before_an_allow_list()
    {
        RuleWorld world = new(Allowing("[large]", "block"));

        RuleFinding found = world.Ask(2_000, counterparty: "both")!;

        Assert.Equal(Decision.Block, found.With(Decision.Block, isScored: true));
        Assert.Equal([("denied", "block"), ("large", "silenced"), ("fine", "allow")], found.Reasons.Select(reason => (reason.Rule!.Id, reason.Rule.Outcome)));
    }

    private static string Allowing(string silences, string mayLower) => $$"""
        rules:
          - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: 1000}
          - {id: denied, version: 1, type: denyList, regulation: internal policy, outcome: block, field: counterparty, list: bad}
          - {id: fine, version: 1, type: allowList, regulation: internal policy, field: counterparty, list: good, silences: {{silences}}, mayLower: {{mayLower}}}
        lists:
          - {name: good, entries: [c-1, both]}
          - {name: bad, entries: [both]}
        """;
}
