using System.Runtime.CompilerServices;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// What people read, as it was when somebody last looked at it: a file beside the test. <c>FINOBS_UPDATE_SNAPSHOTS=1</c> writes what is there now, to be looked at in the diff.
/// </summary>
public static class Snapshot
{
    /// <param name="name">File name within <c>Snapshots/</c> beside the test.</param>
    /// <param name="actual">The text.</param>
    /// <param name="test">Filled in by the compiler.</param>
    public static void Matches(string name, string actual, [CallerFilePath] string test = "")
    {
        // Deterministic builds map the root of the sources away.
        string source = test.StartsWith("/_/", StringComparison.Ordinal) ? RepositoryRoot.Combine(test[3..]) : test;
        string path = Path.Combine(Path.GetDirectoryName(source)!, "Snapshots", name);
        string text = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("FINOBS_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"There is no snapshot {path}: run the test once with FINOBS_UPDATE_SNAPSHOTS=1 and look at what it writes.");
        Assert.Equal(File.ReadAllText(path), text);
    }
}
