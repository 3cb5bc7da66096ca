namespace FinObs.DataPlane.Resources.Files;

/// <summary>Hears of changes below a folder where the file system tells of them.</summary>
internal static class FolderWatch
{
    /// <summary>Null where the file system does not tell, or has no watches left: then polling finds what has changed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="changed">Called at each change, from any thread.</param>
    /// <param name="failed">Called where there is no watch.</param>
    public static FileSystemWatcher? Start(string path, Action changed, Action<Exception> failed)
    {
        try
        {
            FileSystemWatcher watcher = new(path) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            failed(exception);
            return null;
        }
    }
}
