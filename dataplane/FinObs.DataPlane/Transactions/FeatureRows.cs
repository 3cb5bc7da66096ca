using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>N × F features, row-major.</summary>
internal readonly record struct FeatureMatrix(int Columns, float[] Values)
{
    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(index * Columns, Columns);
}

/// <summary>The fresh transactions of a chunk as the model sees them: facts, the account's own numbers, and N × F features.</summary>
internal sealed class FeatureRows
{
    private readonly FeatureExtractor? _routed;
    private readonly FeatureMatrix _matrix;
    private readonly FeatureExtractor? _other;
    private readonly FeatureMatrix _otherMatrix;

    private FeatureRows(int count, RoutedModel? model)
    {
        Facts = new TransactionFacts[count];
        Baselines = new AccountBaseline[count];
        _routed = model?.Extractor;
        _matrix = MatrixFor(_routed, count);

        // Profiles move on while features are taken, so what the last good version might need is taken in the same pass.
        _other = model is { RunsHere: false } ? model.LastGood?.Extractor : null;
        _otherMatrix = MatrixFor(_other, count);
    }

    public TransactionFacts[] Facts { get; }

    public AccountBaseline[] Baselines { get; }

    /// <summary>The rows as this version reads them: the routed one, or the one that stands in for it.</summary>
    public FeatureMatrix Of(RoutedModel model) => ReferenceEquals(model.Extractor, _other) ? _otherMatrix : _matrix;

    /// <summary>
    /// In order, one transaction after the other: each sees its account as the one before left it, and never itself. So do the rules.
    /// The working profiles are moved on; they become the committed ones only with the commit.
    /// </summary>
    public static FeatureRows Extract(
        IReadOnlyList<FreshTransaction> fresh, Dictionary<string, WorkingProfile> profiles, LedgerUnits units, RoutedModel? model, RuleFindings? rules)
    {
        FeatureRows rows = new(fresh.Count, model);
        AccountProfile nobody = new();
        for (int i = 0; i < fresh.Count; i++)
        {
            TransactionRow row = fresh[i].Row;
            TransactionFacts facts = units.FactsOf(row);
            WorkingProfile? working = row.AccountId is { } account ? profiles[account] : null;
            AccountProfile profile = working?.Profile ?? nobody;
            rows.Facts[i] = facts;
            rows.Baselines[i] = AccountBaseline.From(facts, profile);
            Extract(rows._routed, rows._matrix, i, facts, profile);
            Extract(rows._other, rows._otherMatrix, i, facts, profile);
            rules?.Check(i, row, facts, rows.Baselines[i], working?.Recent);
            working?.Observe(facts, row, units.Zone, remember: rules?.NeedsRecent ?? false);
        }

        return rows;
    }

    private static FeatureMatrix MatrixFor(FeatureExtractor? extractor, int count) => new(extractor?.Count ?? 0, new float[count * (extractor?.Count ?? 0)]);

    private static void Extract(FeatureExtractor? extractor, FeatureMatrix matrix, int index, in TransactionFacts facts, AccountProfile profile) =>
        extractor?.Extract(facts, profile, matrix.Values.AsSpan(index * matrix.Columns, matrix.Columns));
}
