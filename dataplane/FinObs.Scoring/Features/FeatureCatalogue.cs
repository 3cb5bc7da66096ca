using System.Collections.Frozen;
using FinObs.Scoring.Features.Catalogue;

namespace FinObs.Scoring.Features;

/// <summary>All features there are, by name.</summary>
public static class FeatureCatalogue
{
    private static readonly FrozenDictionary<string, Feature> ByName = new Feature[]
    {
        new Amount(), new AmountZAccount(), new AmountZAccountType(), new AmountZType(), new Spend24Hours(), new Velocity1Hour(), new Velocity24Hours(),
        new HourRarity(), new HourSurprise(), new TypeRarity(), new CounterpartyNovelty(),
    }.ToFrozenDictionary(feature => feature.Name, StringComparer.Ordinal);

    /// <summary>What a model reads unless its schema says otherwise, in column order.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "amount@1", "amount_z_account@1", "amount_z_account_type@1", "amount_z_type@1", "spend_24h@1", "velocity_1h@1", "velocity_24h@1",
        "hour_rarity@1", "hour_surprise@1", "type_rarity@1", "counterparty_novelty@1",
    ];

    /// <summary>Every feature, by name.</summary>
    public static IReadOnlyCollection<Feature> All => ByName.Values;

    /// <summary>A feature by its name, or <see langword="null"/>.</summary>
    public static Feature? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A feature by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name and version.</exception>
    public static Feature Get(string name) =>
        Find(name) ?? throw new ArgumentException($"The feature catalogue has no '{name}'; it has {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}.");
}
