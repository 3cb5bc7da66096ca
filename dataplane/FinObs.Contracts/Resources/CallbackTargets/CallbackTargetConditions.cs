namespace FinObs.Contracts.Resources.CallbackTargets;

/// <summary>Conditions of a CallbackTarget and the closed lists of their reasons.</summary>
public static class CallbackTargetConditions
{
    /// <summary>Every Secret it refers to is there, with its key. Owned by the operator.</summary>
    public const string SecretResolved = "SecretResolved";

    /// <summary>Its address resolves, is allowed and answers. Owned by the data plane.</summary>
    public const string EndpointReachable = "EndpointReachable";

    /// <summary>Events are delivered to it. Owned by the data plane.</summary>
    public const string Delivering = "Delivering";
}

/// <summary>Reasons of a CallbackTarget's conditions. No other word stands there.</summary>
public static class CallbackTargetReasons
{
    /// <summary>SecretResolved: they are.</summary>
    public const string SecretsFound = "SecretsFound";

    /// <summary>EndpointReachable: it did, the last time.</summary>
    public const string Answered = "Answered";

    /// <summary>EndpointReachable: nothing was sent yet.</summary>
    public const string NotYetTried = "NotYetTried";

    /// <summary>EndpointReachable: its name has no address.</summary>
    public const string NameNotResolved = "NameNotResolved";

    /// <summary>EndpointReachable: its address is private and not allowed.</summary>
    public const string AddressForbidden = "AddressForbidden";

    /// <summary>EndpointReachable: no connection, or no TLS that can be trusted.</summary>
    public const string ConnectionFailed = "ConnectionFailed";

    /// <summary>EndpointReachable: it answers, with an error.</summary>
    public const string AnsweredWithError = "AnsweredWithError";

    /// <summary>EndpointReachable: no answer in time.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>Delivering: they are.</summary>
    public const string Active = "Active";

    /// <summary>Delivering: it has asked for patience.</summary>
    public const string Throttled = "Throttled";

    /// <summary>Delivering: it fails so often that it is left alone for a while.</summary>
    public const string CircuitOpen = "CircuitOpen";

    /// <summary>Delivering: it has failed for so long that it gets nothing until somebody enables it.</summary>
    public const string Disabled = "Disabled";

    /// <summary>Delivering: its signing key, or what signs in to it, cannot be used; the message says why.</summary>
    public const string KeyUnusable = "KeyUnusable";
}
