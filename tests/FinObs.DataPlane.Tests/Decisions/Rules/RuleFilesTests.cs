using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Resources.Files;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Decisions.Rules;

/// <summary>What is wrong in a file is said with its line and what is allowed; nothing of it is taken.</summary>
public class RuleFilesTests
{
    private const string Good = """
        rules:
          - id: big
            version: 1
            type: amountLimit
            regulation: internal policy
            outcome: review
            amount: 100
        """;

    [Theory]
    [InlineData("    type: amountLimit", "    type: amountlimit", "a.yaml:4: rules[0].type: must be one of amountLimit, structuring, velocity, denyList, allowList, offHours, newCounterparty, country, crossBorder, metaField")]
    [InlineData("    amount: 100", "    amount: -1", "a.yaml:7: rules[0].amount: must be an amount greater than zero, such as 10000 or \"9999.99\"")]
    [InlineData("    amount: 100", "    amont: 100", "a.yaml:7: rules[0].amont: is no field of amountLimit; allowed are amount, compare, currency, effectiveFrom, effectiveUntil, enabled, id, outcome, regulation, scope, text, type, version")]
    [InlineData("    amount: 100", "    amont: 100", "a.yaml:2: rules[0].amount: is required: an amount greater than zero")]
    [InlineData("    outcome: review", "    outcome: approve", "a.yaml:6: rules[0].outcome: must be one of review, block")]
    [InlineData("    outcome: review", "    enabled: true", "a.yaml:2: rules[0].outcome: is required: review or block")]
    [InlineData("    amount: 100", "    amount: 100\n    text: of {account}", "a.yaml:8: rules[0].text: {account} is no place of amountLimit; allowed are {amount}, {comparison}, {limit}")]
    [InlineData("    amount: 100", "    amount: 100\n    currency: EURO", "a.yaml:8: rules[0].currency: must be an ISO 4217 code such as USD")]
    [InlineData("    amount: 100", "    amount: 100\n    scope:\n      type: [card]", "a.yaml:9: rules[0].scope.type: is no field of scope; allowed are currencies, direction, namespaces, types")]
    [InlineData("    amount: 100", "    amount: 100\n    scope:\n      types: [card, wire]", "a.yaml:9: rules[0].scope.types: no transaction is stored with the type wire: lower-case letters, digits and underscores; wire is stored as wire_transfer, cheque as check")]
    [InlineData("  - id: big", "  - id: Big", "a.yaml:2: rules[0].id: must be lower-case letters, digits and hyphens, beginning with a letter")]
    [InlineData("rules:", "rule:", "a.yaml:1: rule: is no field of a rules file; allowed are lists, rules")]
    [InlineData("    amount: 100", "  amount: 100", "a.yaml:7: (the document): is no YAML")]
    public void A_mistake_is_said_with_its_line(string line, string instead, string problem)
    {
        RuleReading reading = RuleWorld.Read(Good.Replace(line, instead, StringComparison.Ordinal));

        Assert.Null(reading.Set);
        Assert.Contains(reading.Problems, found => found.ToString().StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void What_rules_say_of_each_other_is_looked_at_over_all_files()
    {
        RuleReading reading = RuleWorld.Read(Good, Good, """
            rules:
              - {id: denied, version: 1, type: denyList, regulation: internal policy, outcome: block, field: counterparty, list: nowhere}
              - {id: fine, version: 1, type: allowList, regulation: internal policy, field: iban, list: good, silences: [nobody, denied]}
            lists:
              - {name: good}
              - {name: good}
            """);

        Assert.Equal(
            [
                "a.yaml:2: rules[0].id: the rule big stands in a.yaml:2 and b.yaml:2: keep one of them",
                "b.yaml:2: rules[0].id: the rule big stands in a.yaml:2 and b.yaml:2: keep one of them",
                "c.yaml:2: rules[0].list: there is no list nowhere: declare it under lists, with or without entries",
                "c.yaml:3: rules[1].field: must be account, counterparty, or a field of meta such as meta.channel",
                "c.yaml:6: lists[1].name: the list good is declared twice: put its entries together",
            ],
            reading.Problems.Select(problem => problem.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_file_does_not_pass_for_no_rules()
    {
        Assert.Equal("b.yaml:1: (the file): is empty: take it away, or write rules: [] into it", Assert.Single(RuleWorld.Read(Good, " \n").Problems).ToString());
        Assert.True(RuleWorld.Read("rules: []").Set!.IsEmpty);
    }

    [Fact]
    public void Nothing_silences_a_deny_list()
    {
        RuleReading reading = RuleWorld.Read("""
            rules:
              - {id: denied, version: 1, type: denyList, regulation: internal policy, outcome: block, field: counterparty, list: good}
              - {id: fine, version: 1, type: allowList, regulation: internal policy, field: counterparty, list: good, silences: [nobody, denied]}
            lists: [{name: good}]
            """);

        Assert.Equal(
            ["a.yaml:3: rules[1].silences: there is no rule nobody", "a.yaml:3: rules[1].silences: denied is a deny list, which nothing silences"],
            reading.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void The_digest_is_of_what_is_said_and_not_of_how_it_is_written()
    {
        RuleSet one = RuleWorld.Read(Good, Good.Replace("big", "also", StringComparison.Ordinal)).Set!;
        RuleSet other = RuleWorld.Read($"# another order, in one file\n{Good.Replace("big", "also", StringComparison.Ordinal)}\n{Good.Replace("rules:\n", "", StringComparison.Ordinal)}").Set!;

        Assert.Equal(one.Digest, other.Digest);
        Assert.NotEqual(one.Digest, RuleWorld.Read(Good).Set!.Digest);
        Assert.Equal($"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(one.Content))}", one.Digest);
    }

    [Fact]
    public void Of_a_listed_value_the_content_has_only_the_hash()
    {
        RuleSet set = RuleWorld.Read("lists: [{name: bad, entries: [{value: somebody, until: '2027-01-01', note: x}]}]").Set!;

        string content = System.Text.Encoding.UTF8.GetString(set.Content);
        Assert.DoesNotContain("somebody", content, StringComparison.Ordinal);
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("somebody"u8));
        Assert.Equal($$"""{"lists":[{"entries":[{"until":"2027-01-01T00:00:00.0000000Z","value_sha256":"{{hash}}"}],"name":"bad"}],"rules":[],"v":1}""", content);
    }

    [Fact]
    public void The_bundled_rules_can_be_used()
    {
        RuleReading reading = RuleFiles.Read(FolderFiles.Read(RepositoryRoot.Combine("samples/rules")), "USD");

        Assert.Empty(reading.Problems);
        Assert.Equal(10, reading.Set!.Rules.Count);
    }
}
