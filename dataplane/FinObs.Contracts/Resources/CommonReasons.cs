namespace FinObs.Contracts.Resources;

/// <summary>Reasons of <c>Ready</c>, <c>Reconciling</c> and <c>Stalled</c> that every kind may have; others are those of the condition that is to blame.</summary>
public static class CommonReasons
{
    /// <summary>Ready: the object is what its spec asks for.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>Reconciling: work is under way.</summary>
    public const string Progressing = "Progressing";

    /// <summary>Ready unknown: suspended by its spec.</summary>
    public const string Suspended = "Suspended";

    /// <summary>Ready unknown: only a plan was made.</summary>
    public const string DryRun = "DryRun";

    /// <summary>Reconciling: the data plane does not answer; it is tried again.</summary>
    public const string DataPlaneUnreachable = "DataPlaneUnreachable";

    /// <summary>Stalled: the data plane refuses the spec; its message says which field.</summary>
    public const string RefusedByDataPlane = "RefusedByDataPlane";

    /// <summary>Stalled: somebody else looks after the resource of this name in the data plane.</summary>
    public const string OwnedByAnother = "OwnedByAnother";

    /// <summary>Stalled: a Secret that the spec refers to, or a key of it, is not there.</summary>
    public const string SecretMissing = "SecretMissing";

    /// <summary>Reconciling: it is being drained before it goes.</summary>
    public const string Draining = "Draining";

    /// <summary>Ready unknown: stored, validated and audited; nothing acts on it yet.</summary>
    public const string NotActedUpon = "NotActedUpon";
}
