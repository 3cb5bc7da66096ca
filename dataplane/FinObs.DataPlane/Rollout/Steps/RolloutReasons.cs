namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>Why a rollout changed. No other word stands there.</summary>
internal static class RolloutReasons
{
    public const string Started = "Started";

    /// <summary>The steps or the artifact changed, or a person asked: from the first step.</summary>
    public const string Restarted = "Restarted";

    public const string StepDone = "StepDone";

    /// <summary>An analysis was made, and nothing came of it yet.</summary>
    public const string Checked = "Checked";

    public const string AnalysisFailed = "AnalysisFailed";

    public const string Inconclusive = "Inconclusive";

    public const string DeadlineExceeded = "DeadlineExceeded";

    public const string KillSwitch = "KillSwitch";

    public const string ApprovalRequested = "ApprovalRequested";

    public const string Approved = "Approved";

    public const string Rejected = "Rejected";

    public const string ApprovalExpired = "ApprovalExpired";

    /// <summary>A drift policy or a guardrail lowered its share.</summary>
    public const string WeightReduced = "WeightReduced";

    public const string Promoted = "Promoted";

    public const string RolledBackByPerson = "RolledBackByPerson";

    public const string PausedByPerson = "PausedByPerson";

    public const string ResumedByPerson = "ResumedByPerson";

    /// <summary>A person asked to leave the steps that remain out.</summary>
    public const string StepsSkipped = "StepsSkipped";
}
