namespace FinObs.Testing;

/// <summary>Files that tests read: oracles, vectors, samples. They live in <c>tests/fixtures</c> and are never written.</summary>
public static class Fixtures
{
    /// <summary>The full path of a fixture, e.g. <c>Fixtures.FullPath("merkle_vectors.json")</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string FullPath(string name)
    {
        string path = RepositoryRoot.Combine("tests/fixtures/" + name);
        return Path.Exists(path) ? path : throw new FileNotFoundException($"There is no tests/fixtures/{name}.", path);
    }

    public static string ReadText(string name) => File.ReadAllText(FullPath(name));

    public static byte[] ReadBytes(string name) => File.ReadAllBytes(FullPath(name));
}
