using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Demo;

/// <summary>Section <c>Demo</c>: a fictional bank to look at.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>On in Development, off elsewhere, unless said otherwise.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Transactions of history: about 100 days, ending when the demo was first started.</summary>
    [Range(0, 10_000_000)]
    public int Transactions { get; set; } = 50_000;

    /// <summary>Speed of the live feed; 0 turns it off.</summary>
    [Range(0, 1000)]
    public double LiveTransactionsPerSecond { get; set; } = 2;
}
