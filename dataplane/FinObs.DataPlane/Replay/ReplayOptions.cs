using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Replay;

/// <summary>Section <c>Replay</c>.</summary>
internal sealed class ReplayOptions
{
    public const string Section = "Replay";

    /// <summary>Whether a sample of the day before is replayed each night.</summary>
    public bool Nightly { get; set; } = true;

    /// <summary>Hour of the day, UTC, at which the day before ends and its sample is replayed.</summary>
    [Range(0, 23)]
    public int Hour { get; set; } = 3;

    /// <summary>Decisions of each version that are replayed. A share of 1 % wrong ones is found by 500 with a probability of 99.3 %.</summary>
    [Range(1, 10_000)]
    public int Sample { get; set; } = 500;

    /// <summary>Decisions that a backtest may look at; more are refused before anything is scored.</summary>
    [Range(1, 5_000_000)]
    public int MaxBacktestDecisions { get; set; } = 250_000;

    /// <summary>Backtests at a time in this host: each takes a core from scoring.</summary>
    [Range(1, 16)]
    public int MaxBacktests { get; set; } = 1;
}
