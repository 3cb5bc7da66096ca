using FinObs.Scoring.Features;

namespace FinObs.Scoring.Training;

/// <summary>Replays transactions in time order through profiles, as they would have been scored live: no row sees itself or the future.</summary>
public static class FeatureReplay
{
    /// <summary>Measures the population of the first rows and freezes it.</summary>
    /// <param name="table">Transactions in time order.</param>
    /// <param name="rows">How many of them, from the first, are the training part.</param>
    /// <param name="settings">Base currency and zone.</param>
    /// <param name="rates">Exchange rates.</param>
    /// <param name="names">Features; <see langword="null"/> = the catalogue's default.</param>
    public static FeatureSchema Fit(TransactionTable table, int rows, ProfileSettings settings, ExchangeRates rates, IReadOnlyList<string>? names = null)
    {
        var builder = new FeatureSchemaBuilder(settings);
        Walk(table, rows, settings, rates, (int _, in TransactionFacts facts, AccountProfile before) => builder.Add(in facts, before));
        return builder.Build(names);
    }

    /// <summary>The features of the first rows, N × F, row-major.</summary>
    /// <param name="table">Transactions in time order.</param>
    /// <param name="rows">How many of them, from the first.</param>
    /// <param name="schema">Features and population.</param>
    /// <param name="rates">Exchange rates.</param>
    public static float[] Extract(TransactionTable table, int rows, FeatureSchema schema, ExchangeRates rates)
    {
        var extractor = new FeatureExtractor(schema);
        int features = extractor.Count;
        var values = new float[checked(rows * features)];
        Walk(table, rows, schema.ProfileSettings(), rates, (int index, in TransactionFacts facts, AccountProfile before) =>
            extractor.Extract(in facts, before, values.AsSpan(index * features, features)));
        return values;
    }

    /// <summary>Sees a transaction with its account's profile before it.</summary>
    /// <param name="index">Its place in the table.</param>
    /// <param name="facts">The transaction.</param>
    /// <param name="before">The profile; an empty one where the transaction names no account. Not to be kept: it moves on.</param>
    public delegate void Visit(int index, in TransactionFacts facts, AccountProfile before);

    /// <summary>Visits the first rows in order; each is observed after it was visited.</summary>
    /// <param name="table">Transactions in time order.</param>
    /// <param name="rows">How many of them, from the first.</param>
    /// <param name="settings">Base currency and zone.</param>
    /// <param name="rates">Exchange rates.</param>
    /// <param name="visit">Called once a row.</param>
    public static void Walk(TransactionTable table, int rows, ProfileSettings settings, ExchangeRates rates, Visit visit)
    {
        TimeZoneInfo zone = settings.Zone();
        var profiles = new AccountProfile[table.Accounts];
        var nobody = new AccountProfile();
        for (int i = 0; i < rows; i++)
        {
            TransactionFacts facts = table.FactsAt(i, settings.BaseCurrency, rates);
            if (!facts.HasAccount)
            {
                visit(i, in facts, nobody);
                continue;
            }

            AccountProfile profile = profiles[table.AccountAt(i)] ??= new AccountProfile();
            visit(i, in facts, profile);
            profile.Observe(in facts, zone);
        }
    }
}
