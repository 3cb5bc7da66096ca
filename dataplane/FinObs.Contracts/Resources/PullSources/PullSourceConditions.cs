namespace FinObs.Contracts.Resources.PullSources;

/// <summary>Conditions of a PullSource and the closed lists of their reasons.</summary>
public static class PullSourceConditions
{
    /// <summary>Every Secret it refers to is there, with its key. Owned by the operator.</summary>
    public const string AuthResolved = "AuthResolved";

    /// <summary>Its address resolves, is allowed and answers. Owned by the data plane.</summary>
    public const string Reachable = "Reachable";

    /// <summary>What it answers can be read as transactions. Owned by the data plane.</summary>
    public const string SchemaValid = "SchemaValid";

    /// <summary>Everything it has is taken in. Owned by the data plane.</summary>
    public const string CaughtUp = "CaughtUp";
}

/// <summary>Reasons of a PullSource's conditions. No other word stands there.</summary>
public static class PullSourceReasons
{
    /// <summary>AuthResolved: they are.</summary>
    public const string SecretsFound = "SecretsFound";

    /// <summary>AuthResolved: it refers to none.</summary>
    public const string NoSecretNeeded = "NoSecretNeeded";

    /// <summary>Reachable: it did, the last time.</summary>
    public const string Answered = "Answered";

    /// <summary>Reachable, SchemaValid, CaughtUp: the first run is still to come.</summary>
    public const string NotYetTried = "NotYetTried";

    /// <summary>Reachable: its name has no address.</summary>
    public const string NameNotResolved = "NameNotResolved";

    /// <summary>Reachable: its address is private and not allowed.</summary>
    public const string AddressForbidden = "AddressForbidden";

    /// <summary>Reachable: no connection, or no TLS that can be trusted.</summary>
    public const string ConnectionFailed = "ConnectionFailed";

    /// <summary>Reachable: it answers, with an error.</summary>
    public const string AnsweredWithError = "AnsweredWithError";

    /// <summary>Reachable: no answer in time.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>SchemaValid: all items were transactions.</summary>
    public const string ItemsMapped = "ItemsMapped";

    /// <summary>SchemaValid: some items were none, and are kept aside.</summary>
    public const string ItemsQuarantined = "ItemsQuarantined";

    /// <summary>SchemaValid: the answer is not of its format, or has no items where they should be.</summary>
    public const string AnswerNotReadable = "AnswerNotReadable";

    /// <summary>CaughtUp: it is.</summary>
    public const string UpToDate = "UpToDate";

    /// <summary>CaughtUp: there is more than a run may take, or runs fail.</summary>
    public const string Behind = "Behind";

    /// <summary>Ready: the schedule, the mapping or a size of the spec is none.</summary>
    public const string SpecNotUsable = "SpecNotUsable";

    /// <summary>Ready: no version of the model that scoring.modelRef names may decide here; nothing is fetched until one may.</summary>
    public const string ModelMissing = "ModelMissing";

    /// <summary>Ready: too many runs failed in a row, and none is made until somebody resumes it.</summary>
    public const string SuspendedAfterFailures = "SuspendedAfterFailures";
}
