using FinObs.Testing;

namespace FinObs.Architecture.Tests;

/// <summary>The files that people write, generated folders left out.</summary>
internal static class SourceFiles
{
    private static readonly string[] Roots = ["dataplane", "operator", "tests"];
    private static readonly HashSet<string> Generated = ["bin", "obj", "Migrations", "node_modules"];

    /// <summary>Full paths under every project folder, in a fixed order.</summary>
    public static IReadOnlyList<string> Find(params string[] extensions) =>
        [.. Roots.Select(RepositoryRoot.Combine).Where(Directory.Exists).SelectMany(root => Under(root, extensions))];

    /// <summary>Full paths under one folder, in a fixed order.</summary>
    public static IEnumerable<string> Under(string folder, params string[] extensions)
    {
        IEnumerable<string> here = Directory.EnumerateFiles(folder)
            .Where(file => extensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal);
        IEnumerable<string> below = Directory.EnumerateDirectories(folder)
            .Where(sub => !Generated.Contains(Path.GetFileName(sub)))
            .Order(StringComparer.Ordinal)
            .SelectMany(sub => Under(sub, extensions));
        return here.Concat(below);
    }
}
