namespace FinObs.DataPlane.Experiments.Runs;

/// <summary>Why an experiment changed. No other word stands there.</summary>
internal static class ExperimentReasons
{
    public const string Started = "Started";

    /// <summary>Its arms have the route.</summary>
    public const string Serving = "Serving";

    /// <summary>More units take part.</summary>
    public const string Enrolled = "Enrolled";

    /// <summary>A look was taken, and nothing came of it yet.</summary>
    public const string Evaluated = "Evaluated";

    public const string Concluded = "Concluded";

    public const string Inconclusive = "Inconclusive";

    /// <summary>A bound was broken that stops.</summary>
    public const string GuardrailBreached = "GuardrailBreached";

    /// <summary>A bound was broken that pauses.</summary>
    public const string SignalBreached = "SignalBreached";

    /// <summary>A version of an arm may not decide any more.</summary>
    public const string ArmNotReady = "ArmNotReady";

    /// <summary>As <c>spec.state</c> says.</summary>
    public const string PausedBySpec = "PausedBySpec";

    public const string ResumedBySpec = "ResumedBySpec";

    public const string StoppedBySpec = "StoppedBySpec";

    public const string PausedByPerson = "PausedByPerson";

    public const string ResumedByPerson = "ResumedByPerson";

    public const string StoppedByPerson = "StoppedByPerson";

    public const string ApprovalRequested = "ApprovalRequested";

    public const string Promoted = "Promoted";
}
