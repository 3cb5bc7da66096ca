using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>The fresh transactions of a chunk as the model sees them: facts, the account's own numbers, and N × F features.</summary>
internal sealed class FeatureRows
{
    private FeatureRows(int count, int featureCount)
    {
        Facts = new TransactionFacts[count];
        Baselines = new AccountBaseline[count];
        Values = new float[count * featureCount];
        FeatureCount = featureCount;
    }

    public TransactionFacts[] Facts { get; }

    public AccountBaseline[] Baselines { get; }

    /// <summary>N × F, row-major; empty where no model is loaded.</summary>
    public float[] Values { get; }

    public int FeatureCount { get; }

    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(index * FeatureCount, FeatureCount);

    /// <summary>
    /// In order, one transaction after the other: each sees its account as the one before left it, and never itself.
    /// The working profiles are moved on; they become the committed ones only with the commit.
    /// </summary>
    public static FeatureRows Extract(
        IReadOnlyList<FreshTransaction> fresh, Dictionary<string, WorkingProfile> profiles, LedgerUnits units, RoutedModel? model)
    {
        FeatureRows rows = new(fresh.Count, model?.Extractor.Count ?? 0);
        AccountProfile nobody = new();
        for (int i = 0; i < fresh.Count; i++)
        {
            TransactionRow row = fresh[i].Row;
            TransactionFacts facts = units.FactsOf(row);
            AccountProfile profile = row.AccountId is { } account ? profiles[account].Profile : nobody;
            rows.Facts[i] = facts;
            rows.Baselines[i] = AccountBaseline.From(facts, profile);
            model?.Extractor.Extract(facts, profile, rows.Values.AsSpan(i * rows.FeatureCount, rows.FeatureCount));
            if (row.AccountId is not null)
            {
                profile.Observe(facts, units.Zone);
            }
        }

        return rows;
    }
}
