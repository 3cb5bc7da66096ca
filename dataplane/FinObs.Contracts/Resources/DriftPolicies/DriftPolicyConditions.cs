namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>Conditions of a DriftPolicy and the closed lists of their reasons.</summary>
public static class DriftPolicyConditions
{
    /// <summary>The model and the frozen statistics it is compared with are there. Owned by the data plane.</summary>
    public const string ReferenceAvailable = "ReferenceAvailable";

    /// <summary>The last test that was due was made and had an answer. Owned by the data plane.</summary>
    public const string Evaluated = "Evaluated";

    /// <summary>The model drifts, as the trigger says. Owned by the data plane.</summary>
    public const string Drifting = "Drifting";

    /// <summary>A Job trains a candidate. Owned by the operator.</summary>
    public const string RetrainRunning = "RetrainRunning";
}

/// <summary>Reasons of a DriftPolicy's conditions. No other word stands there.</summary>
public static class DriftPolicyReasons
{
    /// <summary>ReferenceAvailable: it is.</summary>
    public const string ReferenceFound = "ReferenceFound";

    /// <summary>ReferenceAvailable: there is no such model or version.</summary>
    public const string ModelMissing = "ModelMissing";

    /// <summary>ReferenceAvailable: the version has no frozen statistics.</summary>
    public const string ReferenceMissing = "ReferenceMissing";

    /// <summary>Evaluated: it was.</summary>
    public const string EvaluatedOnSchedule = "EvaluatedOnSchedule";

    /// <summary>Evaluated: the first test is still to come.</summary>
    public const string NotYetDue = "NotYetDue";

    /// <summary>Evaluated: the window had fewer transactions than minSamples.</summary>
    public const string TooFewSamples = "TooFewSamples";

    /// <summary>Evaluated: it ended in an error; it is tried again.</summary>
    public const string EvaluationFailed = "EvaluationFailed";

    /// <summary>Drifting: it does not.</summary>
    public const string NoDrift = "NoDrift";

    /// <summary>Drifting: enough tests have breached.</summary>
    public const string Breached = "Breached";

    /// <summary>Drifting: it has acted, and is quiet until the cooldown is over.</summary>
    public const string CoolingDown = "CoolingDown";

    /// <summary>Drifting: nothing is known.</summary>
    public const string NotEvaluated = "NotEvaluated";

    /// <summary>RetrainRunning: none was asked for.</summary>
    public const string NoJob = "NoJob";

    /// <summary>RetrainRunning: it does.</summary>
    public const string JobRunning = "JobRunning";

    /// <summary>RetrainRunning: it has ended; the candidate is a ModelVersion.</summary>
    public const string JobSucceeded = "JobSucceeded";

    /// <summary>RetrainRunning: it has failed; the message says how.</summary>
    public const string JobFailed = "JobFailed";

    /// <summary>RetrainRunning: the cluster refuses the Job or the candidate; the message says why.</summary>
    public const string JobNotAdmitted = "JobNotAdmitted";
}
