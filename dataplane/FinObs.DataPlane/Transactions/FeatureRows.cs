using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>N × F features, row-major.</summary>
internal readonly record struct FeatureMatrix(int Columns, float[] Values)
{
    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(index * Columns, Columns);

    /// <summary>Some of the rows, one after the other.</summary>
    public float[] Gather(ReadOnlySpan<int> rows)
    {
        float[] gathered = new float[rows.Length * Columns];
        for (int k = 0; k < rows.Length; k++)
        {
            Row(rows[k]).CopyTo(gathered.AsSpan(k * Columns));
        }

        return gathered;
    }
}

/// <summary>The fresh transactions of a chunk as the models see them: facts, the account's own numbers, and N × F features for each version that might need them.</summary>
internal sealed class FeatureRows
{
    private readonly IReadOnlyList<FeatureExtractor> _extractors;
    private readonly FeatureMatrix[] _matrices;

    private FeatureRows(int count, RoutedTraffic traffic)
    {
        Facts = new TransactionFacts[count];
        Baselines = new AccountBaseline[count];
        _extractors = traffic.Extractors;
        _matrices = [.. _extractors.Select(extractor => new FeatureMatrix(extractor.Count, new float[count * extractor.Count]))];
    }

    public TransactionFacts[] Facts { get; }

    public AccountBaseline[] Baselines { get; }

    /// <summary>The rows as this version reads them.</summary>
    public FeatureMatrix Of(RoutedModel model)
    {
        for (int i = 0; i < _extractors.Count; i++)
        {
            if (ReferenceEquals(_extractors[i], model.Extractor))
            {
                return _matrices[i];
            }
        }

        throw new InvalidOperationException($"No features were taken for {model.Identity.ModelVersion}.");
    }

    /// <summary>
    /// In order, one transaction after the other: each sees its account as the one before left it, and never itself. So do the rules.
    /// The working profiles are moved on; they become the committed ones only with the commit. Rows that are apart are alternatives: each sees its account as it stands, and no profile moves.
    /// </summary>
    public static FeatureRows Extract(
        IReadOnlyList<FreshTransaction> fresh, Dictionary<string, WorkingProfile> profiles, LedgerUnits units, RoutedTraffic traffic, RuleFindings? rules, bool apart = false)
    {
        FeatureRows rows = new(fresh.Count, traffic);
        AccountProfile nobody = new();
        for (int i = 0; i < fresh.Count; i++)
        {
            TransactionRow row = fresh[i].Row;
            TransactionFacts facts = units.FactsOf(row);
            WorkingProfile? working = row.AccountId is { } account ? profiles[account] : null;
            AccountProfile profile = working?.Profile ?? nobody;
            rows.Facts[i] = facts;
            rows.Baselines[i] = AccountBaseline.From(facts, profile);
            rows.ExtractRow(i, facts, profile);
            rules?.Check(i, row, facts, rows.Baselines[i], working?.Recent);
            if (!apart)
            {
                working?.Observe(facts, row, units.Zone, remember: rules?.NeedsRecent ?? false);
            }
        }

        return rows;
    }

    private void ExtractRow(int index, in TransactionFacts facts, AccountProfile profile)
    {
        for (int k = 0; k < _matrices.Length; k++)
        {
            FeatureMatrix matrix = _matrices[k];
            _extractors[k].Extract(facts, profile, matrix.Values.AsSpan(index * matrix.Columns, matrix.Columns));
        }
    }
}
