using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Resources.Files;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Tests.Decisions.Rules;

/// <summary>Rules from a text, asked about one account's transactions in a row, without a host.</summary>
internal sealed class RuleWorld
{
    /// <summary>A Tuesday.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    private readonly LedgerUnits _units = new(new LedgerOptions());
    private readonly RuleSet _set;
    private readonly AccountProfile _profile = new();
    private RecentActivity? _recent;

    public RuleWorld(string yaml) => _set = Read(yaml).Set ?? throw new InvalidOperationException(string.Join('\n', Read(yaml).Problems));

    public static RuleReading Read(params string[] files) => RuleFiles.Read([.. files.Select((text, i) => new FolderFile($"{(char)('a' + i)}.yaml", text))], "USD");

    /// <summary>A rule of a type with these fields more.</summary>
    public static string One(string type, string fields, string outcome = "review", string scope = "{}") => $$"""
        rules:
          - {id: the-rule, version: 3, type: {{type}}, regulation: internal policy, outcome: {{outcome}}, scope: {{scope}}, {{fields}}}
        """;

    public RuleFinding? Ask(
        decimal amount, string type = "wire_transfer", string currency = "USD", DateTimeOffset? at = null, bool isCredit = false, string? counterparty = "c-1", string? meta = null, string name = "default",
        DateTimeOffset? now = null)
    {
        TransactionRow row = new()
        {
            Namespace = name,
            Source = "test",
            TransactionId = "t",
            AccountId = "a-1",
            CounterpartyId = counterparty,
            Type = type,
            Amount = amount,
            Currency = currency,
            IsCredit = isCredit,
            OccurredAt = at ?? Noon,
            Meta = meta is null ? null : System.Text.Encoding.UTF8.GetBytes(meta),
        };
        TransactionFacts facts = _units.FactsOf(row);
        AccountBaseline baseline = AccountBaseline.From(facts, _profile);
        RuleFinding? found = null;
        DateTimeOffset decided = now ?? Noon;
        if (_set.For(name) is { } own)
        {
            RuleFindings findings = new(own, new ListView(_set.ListEntries, new Dictionary<string, System.Collections.Frozen.FrozenDictionary<string, ListedValue>>()), _units, 1, decided);
            findings.Check(0, row, facts, baseline, _recent);
            found = findings[0];
        }

        _profile.Observe(facts, _units.Zone);
        _recent = (_recent ?? RecentActivity.None).With(RecentTransaction.Of(facts, currency));
        return found;
    }

    public static string? TextOf(RuleFinding? found) => found?.Reasons[0].Text;

    public static Decision With(RuleFinding? found, Decision model) => found?.With(model, isScored: true) ?? model;
}
