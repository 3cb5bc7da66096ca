using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>Section <c>Overrides</c>: when a second person has to agree. Who that may be, <c>Approvals:Policies:decision.override</c> says.</summary>
internal sealed class OverrideOptions
{
    public const string Section = "Overrides";

    /// <summary>From a blocked payment to anything milder.</summary>
    public bool SecondApproverToLoosenBlock { get; set; } = true;

    /// <summary>Of transactions over this amount, in the base currency of the ledger; null = whatever the amount. One without an exchange rate counts as over it.</summary>
    [Range(typeof(decimal), "0", "1000000000000")]
    public decimal? SecondApproverAbove { get; set; }
}
