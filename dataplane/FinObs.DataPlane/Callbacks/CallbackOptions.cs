namespace FinObs.DataPlane.Callbacks;

/// <summary>Section <c>Callbacks</c>: what holds for all targets of this host.</summary>
internal sealed class CallbackOptions
{
    public const string Section = "Callbacks";

    /// <summary>True: targets may have private addresses without saying so in their spec; for a laptop.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Address ranges that targets may have besides those of their specs.</summary>
    public string[] AllowedCidrs { get; set; } = [];

    /// <summary>How long after the death of a replica another one serves its targets. Renewed at a third of it.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(10);
}
