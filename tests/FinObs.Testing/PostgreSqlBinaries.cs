namespace FinObs.Testing;

/// <summary>Where <c>initdb</c> and <c>postgres</c> lie. Debian keeps them off the PATH, one folder a version.</summary>
internal static class PostgreSqlBinaries
{
    private const string DebianVersions = "/usr/lib/postgresql";

    private static readonly string[] UsualFolders = ["/usr/local/bin", "/opt/homebrew/bin", "/usr/pgsql/bin"];

    /// <summary>The folder, or null when this machine has none (or is Windows: there a container serves).</summary>
    public static string? Find() => OperatingSystem.IsWindows() ? null : Candidates().FirstOrDefault(HasServer);

    private static IEnumerable<string> Candidates()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> versions = Directory.Exists(DebianVersions)
            ? Directory.EnumerateDirectories(DebianVersions)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return [.. path, .. versions, .. UsualFolders];
    }

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
