namespace FinObs.DataPlane.Access;

/// <summary>
/// A mounted secret: read again every few seconds, because whoever mounts it renews it in place. Not by its time of change: the kubelet swaps a symbolic link
/// two folders up, and the file that is named here keeps its time.
/// </summary>
internal sealed class SecretFile(string path, TimeProvider time)
{
    /// <summary>How long a change may go unseen.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private volatile Snapshot? _snapshot;

    /// <summary>Its lines without blanks; none where the file is missing or empty.</summary>
    public IReadOnlyList<string> Lines()
    {
        Snapshot? snapshot = _snapshot;
        if (snapshot is null || time.GetElapsedTime(snapshot.ReadAt) > Fresh)
        {
            _snapshot = snapshot = new Snapshot(Read(path), time.GetTimestamp());
        }

        return snapshot.Lines;
    }

    /// <summary>The first line as it is now.</summary>
    public static string? FirstLine(string path) => Read(path).FirstOrDefault();

    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private sealed record Snapshot(string[] Lines, long ReadAt);
}
