namespace FinObs.Testing;

/// <summary>A fresh folder, deleted with everything in it on disposal.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("finobs-test-").FullName;

    public string Combine(string relative) => Path.GetFullPath(relative, FullPath);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself.
        }
    }
}
