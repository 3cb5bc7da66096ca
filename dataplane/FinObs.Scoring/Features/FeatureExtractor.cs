namespace FinObs.Scoring.Features;

/// <summary>Turns a transaction and its account's profile into the row that a model version reads. One per loaded version; thread-safe, allocates nothing per row.</summary>
/// <remarks>A pure function of (facts, profile, schema): sums are scalar and in a fixed order, in double, and become float at the very end.</remarks>
public sealed class FeatureExtractor
{
    private readonly Feature[] _features;
    private readonly FeatureBasis _basis;

    /// <summary>Looks the features up in the catalogue.</summary>
    /// <exception cref="ArgumentException">A name is not in the catalogue, or the population statistics are not sound.</exception>
    /// <exception cref="TimeZoneNotFoundException">The machine does not know the schema's zone.</exception>
    public FeatureExtractor(FeatureSchema schema)
    {
        _features = [.. schema.Names.Select(FeatureCatalogue.Get)];
        _basis = new FeatureBasis(schema);
    }

    /// <summary>F, the number of features.</summary>
    public int Count => _features.Length;

    /// <summary>Writes one row.</summary>
    /// <param name="facts">The transaction.</param>
    /// <param name="profile">The account's profile before this transaction; unread where the transaction names no account.</param>
    /// <param name="row">F features, always finite.</param>
    public void Extract(in TransactionFacts facts, AccountProfile profile, Span<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _features.Length);
        var context = new FeatureContext(in facts, in profile.State, _basis);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (float)_features[i].Value(in context);
        }
    }
}
