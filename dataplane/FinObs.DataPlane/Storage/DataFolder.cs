namespace FinObs.DataPlane.Storage;

/// <summary>Where this host keeps files: the embedded database, keys, checkpoints. <c>Storage:DataFolder</c>, by default <c>./data</c>.</summary>
internal sealed class DataFolder
{
    public DataFolder(string path)
    {
        FullPath = Path.GetFullPath(path);
        Directory.CreateDirectory(FullPath);
    }

    public string FullPath { get; }

    public static DataFolder From(IConfiguration configuration) => new(configuration["Storage:DataFolder"] ?? "data");

    public string File(string name) => Path.Combine(FullPath, name);
}
