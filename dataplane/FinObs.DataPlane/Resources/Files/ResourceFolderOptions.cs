namespace FinObs.DataPlane.Resources.Files;

/// <summary>Section <c>Resources</c>.</summary>
internal sealed class ResourceFolderOptions
{
    public const string Section = "Resources";

    /// <summary>Folder of resources as files (<c>--resources DIR</c>): applied at start and whenever a file changes; none = no files.</summary>
    public string? Folder { get; set; }

    /// <summary>How often the files are looked at although nobody said that one has changed: some file systems do not say.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(5);
}
