using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Pulls;

/// <summary>Section <c>Pulls</c>: the bounds of pulling.</summary>
internal sealed class PullOptions
{
    public const string Section = "Pulls";

    /// <summary>Runs at the same time in this process; each holds one page's chunk in memory.</summary>
    [Range(1, 64)]
    public int RunsAtOnce { get; set; } = 4;

    /// <summary>Items that go to the pipeline together.</summary>
    [Range(1, 10_000)]
    public int ChunkItems { get; set; } = 1_000;

    /// <summary>How often the table is looked at for what another replica has changed.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A run that has not said for so long that it goes on is taken over. It says so three times as often.</summary>
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long runs, and settled or forgotten items of the quarantine, are remembered.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Open items of one source's quarantine; beyond it a run with a bad item fails.</summary>
    [Range(1, 1_000_000)]
    public int MaxQuarantined { get; set; } = 10_000;

    /// <summary>How long <c>POST /webhooks/pull/trigger</c> waits for the run to end.</summary>
    public TimeSpan TriggerWait { get; set; } = TimeSpan.FromSeconds(30);
}
