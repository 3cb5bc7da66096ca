namespace FinObs.Contracts.Resources.ABExperiments;

/// <summary>Conditions of an ABExperiment and the closed lists of their reasons.</summary>
public static class ABExperimentConditions
{
    /// <summary>Every arm has a version that can score. Owned by the data plane.</summary>
    public const string ArmsReady = "ArmsReady";

    /// <summary>The arms got the shares they should (no sample ratio mismatch). Owned by the data plane.</summary>
    public const string Randomised = "Randomised";

    /// <summary>No guardrail is breached. Owned by the data plane.</summary>
    public const string GuardrailsOk = "GuardrailsOk";

    /// <summary>Every arm has enough final labels, and alike shares of them. Owned by the data plane.</summary>
    public const string LabelsSufficient = "LabelsSufficient";

    /// <summary>The method in force finds an effect. Owned by the data plane.</summary>
    public const string Significant = "Significant";
}

/// <summary>Reasons of an ABExperiment's conditions. No other word stands there.</summary>
public static class ABExperimentReasons
{
    /// <summary>ArmsReady: they have.</summary>
    public const string AllArmsReady = "AllArmsReady";

    /// <summary>ArmsReady: a version is not known.</summary>
    public const string VersionMissing = "VersionMissing";

    /// <summary>ArmsReady: a version cannot score yet.</summary>
    public const string ArmNotReady = "ArmNotReady";

    /// <summary>ArmsReady: another rollout or experiment has the model.</summary>
    public const string RoutingBusy = "RoutingBusy";

    /// <summary>Randomised, GuardrailsOk, LabelsSufficient, Significant: it has not run.</summary>
    public const string NotStarted = "NotStarted";

    /// <summary>Randomised: they did.</summary>
    public const string SharesAsPlanned = "SharesAsPlanned";

    /// <summary>Randomised: they did not; there is no verdict until the cause is found.</summary>
    public const string SampleRatioMismatch = "SampleRatioMismatch";

    /// <summary>GuardrailsOk: all are kept.</summary>
    public const string WithinBounds = "WithinBounds";

    /// <summary>GuardrailsOk: one is not; the message says which.</summary>
    public const string GuardrailBreached = "GuardrailBreached";

    /// <summary>LabelsSufficient: they have.</summary>
    public const string EnoughLabels = "EnoughLabels";

    /// <summary>LabelsSufficient: some have too few.</summary>
    public const string TooFewLabels = "TooFewLabels";

    /// <summary>LabelsSufficient: their shares differ too much to compare the arms.</summary>
    public const string LabelsUneven = "LabelsUneven";

    /// <summary>Significant: it does.</summary>
    public const string EffectFound = "EffectFound";

    /// <summary>Significant: it does not, so far or at the planned end.</summary>
    public const string NoEffectFound = "NoEffectFound";
}
