using FinObs.Scoring.Features;

namespace FinObs.Scoring.Training;

/// <summary>One transaction of a training window.</summary>
/// <param name="AccountId">Whose; <see langword="null"/> where it names none.</param>
/// <param name="Facts">What the feature catalogue may know of it.</param>
public readonly record struct TrainingTransaction(string? AccountId, TransactionFacts Facts);

/// <summary>A window of transactions as the model learns from it: the measured schema and N × F point-in-time features.</summary>
/// <param name="Schema">The features, with the population statistics of the window frozen in.</param>
/// <param name="Rows">N × F features, row-major, in the order of the transactions.</param>
/// <param name="Count">N.</param>
public sealed record TrainingSet(FeatureSchema Schema, float[] Rows, int Count)
{
    /// <summary>Two passes over the window: the first measures the population, the second computes each row as scoring would have.</summary>
    /// <param name="window">Transactions in time order.</param>
    /// <param name="settings">Base currency and zone.</param>
    /// <param name="cancellationToken">Gives up between transactions.</param>
    public static TrainingSet Build(IReadOnlyList<TrainingTransaction> window, ProfileSettings settings, CancellationToken cancellationToken = default)
    {
        FeatureSchemaBuilder builder = new(settings);
        Replay(window, settings, (_, facts, before) => builder.Add(facts, before), cancellationToken);
        FeatureSchema schema = builder.Build();
        FeatureExtractor extractor = new(schema);
        float[] rows = new float[window.Count * extractor.Count];
        Replay(window, settings, (i, facts, before) => extractor.Extract(facts, before, rows.AsSpan(i * extractor.Count, extractor.Count)), cancellationToken);
        return new TrainingSet(schema, rows, window.Count);
    }

    private static void Replay(
        IReadOnlyList<TrainingTransaction> window, ProfileSettings settings, Action<int, TransactionFacts, AccountProfile> see, CancellationToken cancellationToken)
    {
        TimeZoneInfo zone = settings.Zone();
        Dictionary<string, AccountProfile> profiles = [];
        AccountProfile nobody = new();
        for (int i = 0; i < window.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TrainingTransaction transaction = window[i];
            AccountProfile profile = nobody;
            if (transaction.AccountId is { } account && !profiles.TryGetValue(account, out profile!))
            {
                profiles.Add(account, profile = new AccountProfile());
            }

            see(i, transaction.Facts, profile);
            if (transaction.AccountId is not null)
            {
                profile.Observe(transaction.Facts, zone);
            }
        }
    }
}
