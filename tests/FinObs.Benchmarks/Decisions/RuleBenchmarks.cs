using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Resources.Files;
using FinObs.Scoring.Features;

namespace FinObs.Benchmarks.Decisions;

/// <summary>
/// What rules cost a transaction where none of them hits: a mixture of limits, structuring, velocity, deny lists of 1,000 entries, off hours, new counterparties and fields of the sender. All of them are asked about every transaction,
/// which is the dearest case: rules with types are sorted out beforehand.
/// </summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private const int Rows = 1_000;
    private static readonly DateTimeOffset Start = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    private readonly LedgerUnits _units = new(new LedgerOptions());
    private readonly TransactionRow[] _rows = new TransactionRow[Rows];
    private readonly TransactionFacts[] _facts = new TransactionFacts[Rows];
    private readonly AccountBaseline[] _baselines = new AccountBaseline[Rows];
    private RecentActivity _recent = RecentActivity.None;
    private RuleSet _set = RuleSet.Empty;
    private RuleFindings? _findings;

    [Params(0, 10, 100)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        RuleReading reading = RuleFiles.Read([new FolderFile("rules.yaml", Yaml(Rules))], "USD");
        _set = reading.Set ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
        AccountProfile profile = new();
        for (int i = 0; i < Rows; i++)
        {
            TransactionRow row = _rows[i] = new TransactionRow
            {
                Namespace = "default",
                Source = "bench",
                TransactionId = "t",
                AccountId = "a-1",
                CounterpartyId = "c-1",
                Type = "card",
                Amount = 10 + (i % 90),
                Currency = "USD",
                OccurredAt = Start.AddSeconds(i),
                Meta = """{"channel":"web","device":{"id":"d-1","os":"x"},"merchant":{"category":"5411","country":"US"}}"""u8.ToArray(),
            };
            _facts[i] = _units.FactsOf(row);
            _baselines[i] = AccountBaseline.From(_facts[i], profile);
            profile.Observe(_facts[i], TimeZoneInfo.Utc);
            _recent = _recent.With(RecentTransaction.Of(_facts[i], row.Currency));
        }

        ListView lists = new(_set.ListEntries, new Dictionary<string, System.Collections.Frozen.FrozenDictionary<string, ListedValue>>());
        _findings = _set.For("default") is { } own ? new RuleFindings(own, lists, _units, Rows, Start) : null;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public object? Ask_all_rules()
    {
        for (int i = 0; i < Rows; i++)
        {
            _findings?.Check(i, _rows[i], _facts[i], _baselines[i], _recent);
        }

        return _findings?[Rows - 1];
    }

    /// <summary>What a set with a window costs once an account's 32 transactions are remembered.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public object Remember_a_transaction()
    {
        RecentActivity recent = _recent;
        for (int i = 0; i < Rows; i++)
        {
            recent = recent.With(RecentTransaction.Of(_facts[i] with { OccurredAt = _facts[i].OccurredAt.AddHours(1) }, "USD"));
        }

        return recent;
    }

    private static string Yaml(int rules)
    {
        string[] kinds =
        [
            "type: amountLimit, amount: 100000", "type: structuring, atLeast: 2000, upTo: 10000, totalOver: 10000, count: 3, window: 24h", "type: velocity, moreThan: 32, window: 10s",
            "type: denyList, field: counterparty, list: bad", "type: offHours, amount: 5000, opens: '07:00', closes: '19:00'", "type: newCounterparty, amount: 10000",
            "type: country, field: meta.merchant.country, in: [CU, IR, KP]", "type: crossBorder, amount: 50000, field: meta.merchant.country, home: [US]",
            "type: metaField, field: meta.channel, in: [atm, branch]", "type: amountLimit, amount: 50000, currency: EUR",
        ];
        StringBuilder yaml = new("rules:\n");
        for (int i = 0; i < rules; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{id: r-{i}, version: 1, regulation: internal policy, outcome: review, {kinds[i % kinds.Length]}}}\n");
        }

        yaml.Append(rules == 0 ? "  []\n" : "").Append("lists:\n  - name: bad\n    entries: [").AppendJoin(", ", Enumerable.Range(0, 1_000).Select(i => $"bad-{i}")).Append("]\n");
        return yaml.ToString();
    }
}
