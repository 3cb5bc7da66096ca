namespace FinObs.DataPlane.Resources;

/// <summary>Section <c>Changes</c>: how replicas hear of what others have changed.</summary>
internal sealed class ChangeOptions
{
    public const string Section = "Changes";

    /// <summary>How often the tables are looked at although nothing was heard: for words that were lost.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(3);
}
