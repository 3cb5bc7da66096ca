using FinObs.Scoring.Features;

namespace FinObs.Benchmarks.Core;

/// <summary>Rows as the seed's scaled features are: two continuous, the others with few values.</summary>
internal static class CoreData
{
    public static FeatureSchema Schema(int features) => new([.. Enumerable.Range(1, features).Select(f => $"feature_{f}@1")], "USD", "Etc/UTC");

    public static float[] Rows(int count, int features)
    {
        var random = new Random(11);
        var rows = new float[count * features];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (i % features % 6) switch
            {
                0 => (float)Math.Exp(Normal(random)),
                1 => random.Next(24),
                2 => random.Next(7),
                3 => random.NextDouble() < 0.05 ? 1 : 0,
                4 => random.NextDouble() < 0.003 ? 1 : 0,
                _ => (float)Normal(random),
            };
        }

        return rows;
    }

    /// <summary>One transaction for each of N accounts.</summary>
    public static TransactionFacts[] Facts(int count)
    {
        var random = new Random(12);
        string[] types = ["card", "transfer", "wire_transfer", "cash"];
        var facts = new TransactionFacts[count];
        for (int i = 0; i < count; i++)
        {
            DateTimeOffset at = DateTimeOffset.UnixEpoch.AddYears(55).AddSeconds(random.Next(86_400));
            facts[i] = new TransactionFacts(types[random.Next(types.Length)], at, Math.Exp(3 + Normal(random)), random.Next(4) == 0, (ulong)random.NextInt64(), HasAccount: true);
        }

        return facts;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
