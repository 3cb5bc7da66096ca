namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>Section <c>Rules</c>: the rules beside the model.</summary>
internal sealed class RulesOptions
{
    public const string Section = "Rules";

    /// <summary>A file, or a folder of files, with rules and lists; none = no rules.</summary>
    public string? Path { get; set; }

    /// <summary>How often the files are looked at although nobody said that one has changed: some file systems do not say.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(5);
}
