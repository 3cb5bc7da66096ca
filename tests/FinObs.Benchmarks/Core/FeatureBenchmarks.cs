using BenchmarkDotNet.Attributes;
using FinObs.Scoring.Features;

namespace FinObs.Benchmarks.Core;

/// <summary>What features cost a transaction, over 10,000 accounts: looking at the account, the row of the default features, taking the transaction in.</summary>
[MemoryDiagnoser]
public class FeatureBenchmarks
{
    private const int Accounts = 10_000;
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);
    private readonly AccountProfile[] _profiles = [.. Enumerable.Range(0, Accounts).Select(_ => new AccountProfile())];
    private readonly TransactionFacts[] _facts = CoreData.Facts(Accounts);
    private readonly FeatureExtractor _extractor = new(new FeatureSchema([.. FeatureCatalogue.Default], "USD", "UTC"));
    private readonly float[] _row = new float[FeatureCatalogue.Default.Count];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Accounts; i++)
        {
            for (int past = 0; past < 20; past++)
            {
                _profiles[i].Observe(in _facts[(i + past) % Accounts], TimeZoneInfo.Utc);
            }

            // Each later than its account's past, so that the windows decay.
            _facts[i] = _facts[i] with { OccurredAt = _facts[i].OccurredAt.AddDays(1) };
        }
    }

    [Benchmark(OperationsPerInvoke = Accounts)]
    public void Look_at_the_account()
    {
        for (int i = 0; i < Accounts; i++)
        {
            AccountBaseline.From(in _facts[i], _profiles[i]);
        }
    }

    [Benchmark(OperationsPerInvoke = Accounts)]
    public void Extract_a_row()
    {
        for (int i = 0; i < Accounts; i++)
        {
            _extractor.Extract(in _facts[i], _profiles[i], _row);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Accounts)]
    public void Take_a_transaction_in()
    {
        for (int i = 0; i < Accounts; i++)
        {
            _profiles[i].Observe(in _facts[i], TimeZoneInfo.Utc);
            _facts[i] = _facts[i] with { OccurredAt = _facts[i].OccurredAt + Later };
        }
    }
}
