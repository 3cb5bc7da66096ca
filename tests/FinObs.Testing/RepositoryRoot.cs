namespace FinObs.Testing;

/// <summary>The folder of FinObs.sln, found upward from the test's own assembly.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(Find);

    public static string FullPath => Found.Value;

    /// <summary>A path inside the repository, written with forward slashes.</summary>
    public static string Combine(string relative) => Path.GetFullPath(relative, FullPath);

    /// <summary>The same path relative to the repository, with forward slashes: what a failure message shows.</summary>
    public static string Relative(string path) => Path.GetRelativePath(FullPath, path).Replace('\\', '/');

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FinObs.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No FinObs.sln in a folder above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
