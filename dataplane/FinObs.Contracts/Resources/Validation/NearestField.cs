using System.Text.Json.Serialization.Metadata;

namespace FinObs.Contracts.Resources.Validation;

/// <summary>Finds the field that somebody probably meant.</summary>
internal static class NearestField
{
    /// <summary>A third of the letters may be wrong, and one always.</summary>
    private const int LettersAnError = 3;

    /// <summary>Longer ones are not compared: they come from somebody who means none.</summary>
    private const int LongestName = 64;

    /// <param name="unknown">What was written.</param>
    /// <param name="parent">Path of the object that it was written into, from the document's root.</param>
    /// <param name="root">Type of the document.</param>
    /// <returns>The most similar field of that object; null where none is similar.</returns>
    public static string? To(string unknown, string parent, Type root)
    {
        JsonTypeInfo? type = ResourceJson.Strict.GetTypeInfo(root);
        foreach (string step in parent.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            type = Within(type, step.Split('[')[0]);
        }

        return unknown.Length > LongestName ? null : (type?.Properties ?? [])
            .Select(property => (property.Name, Errors: Distance(unknown.ToUpperInvariant(), property.Name.ToUpperInvariant())))
            .Where(candidate => candidate.Errors <= Math.Max(1, unknown.Length / LettersAnError))
            .OrderBy(candidate => candidate.Errors).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    private static JsonTypeInfo? Within(JsonTypeInfo? type, string name)
    {
        Type? found = type?.Kind == JsonTypeInfoKind.Dictionary ? type.ElementType : type?.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType;
        if (found is null)
        {
            return null;
        }

        JsonTypeInfo info = ResourceJson.Strict.GetTypeInfo(Nullable.GetUnderlyingType(found) ?? found);
        return info is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item } ? ResourceJson.Strict.GetTypeInfo(item) : info;
    }

    /// <summary>Letters to add, leave out, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        int[,] distance = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                distance[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1,
                    distance[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
                }
            }
        }

        return distance[left.Length, right.Length];
    }
}
