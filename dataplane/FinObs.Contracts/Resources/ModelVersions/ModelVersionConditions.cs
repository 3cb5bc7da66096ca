namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>Conditions of a ModelVersion and the closed lists of their reasons.</summary>
public static class ModelVersionConditions
{
    /// <summary>The bytes are those of the spec's digest, and signed where a signature is asked for. Owned by the data plane.</summary>
    public const string ArtifactVerified = "ArtifactVerified";

    /// <summary>The data plane has it in memory and can score with it. Owned by the data plane.</summary>
    public const string Loaded = "Loaded";

    /// <summary>Every pod has loaded the digest and answered its warm-up. Owned by the operator.</summary>
    public const string PodsReady = "PodsReady";

    /// <summary>It has the share of traffic that its spec asks for. Owned by the data plane.</summary>
    public const string TrafficShifted = "TrafficShifted";

    /// <summary>It scores beside the stable version without trouble. Owned by the data plane.</summary>
    public const string ShadowHealthy = "ShadowHealthy";

    /// <summary>The analysis of the current step passes. Owned by the data plane.</summary>
    public const string AnalysisPassed = "AnalysisPassed";

    /// <summary>People have approved what has to be approved. Owned by the data plane.</summary>
    public const string Approved = "Approved";

    /// <summary>No drift policy finds it drifting. Owned by the data plane.</summary>
    public const string DriftFree = "DriftFree";

    /// <summary>Its validation is not overdue. Owned by the data plane.</summary>
    public const string ValidationCurrent = "ValidationCurrent";
}

/// <summary>Reasons of a ModelVersion's conditions. No other word stands there.</summary>
public static class ModelVersionReasons
{
    /// <summary>ArtifactVerified: the digest is right, and the signature where there is one.</summary>
    public const string Verified = "Verified";

    /// <summary>ArtifactVerified: nobody has looked yet.</summary>
    public const string NotYetChecked = "NotYetChecked";

    /// <summary>ArtifactVerified: only the pods can read where it lies; each of them verifies it.</summary>
    public const string CheckedByPods = "CheckedByPods";

    /// <summary>ArtifactVerified: on its way.</summary>
    public const string Fetching = "Fetching";

    /// <summary>ArtifactVerified: could not be fetched; it is tried again.</summary>
    public const string FetchFailed = "FetchFailed";

    /// <summary>ArtifactVerified: the bytes have another digest.</summary>
    public const string DigestMismatch = "DigestMismatch";

    /// <summary>ArtifactVerified: the bytes are no model that can be served.</summary>
    public const string Refused = "Refused";

    /// <summary>ArtifactVerified: the signature does not verify.</summary>
    public const string SignatureInvalid = "SignatureInvalid";

    /// <summary>Loaded: it is.</summary>
    public const string InMemory = "InMemory";

    /// <summary>Loaded: on its way.</summary>
    public const string Loading = "Loading";

    /// <summary>Loaded: it cannot be.</summary>
    public const string LoadFailed = "LoadFailed";

    /// <summary>Loaded: its stage asks for no loading.</summary>
    public const string NotWanted = "NotWanted";

    /// <summary>PodsReady: all are.</summary>
    public const string AllPodsReady = "AllPodsReady";

    /// <summary>PodsReady: some are not yet.</summary>
    public const string PodsStarting = "PodsStarting";

    /// <summary>PodsReady: one cannot be; the last failure says which and why.</summary>
    public const string PodFailed = "PodFailed";

    /// <summary>PodsReady: the cluster does not admit or schedule them.</summary>
    public const string PodsNotAdmitted = "PodsNotAdmitted";

    /// <summary>PodsReady: the spec asks for none.</summary>
    public const string NoPodsWanted = "NoPodsWanted";

    /// <summary>PodsReady: somebody else's server scores.</summary>
    public const string External = "External";

    /// <summary>PodsReady: they wait for the artifact to be verified.</summary>
    public const string WaitsForArtifact = "WaitsForArtifact";

    /// <summary>TrafficShifted: it decides.</summary>
    public const string Serving = "Serving";

    /// <summary>TrafficShifted: its stage does not permit it to decide.</summary>
    public const string NotPermittedByStage = "NotPermittedByStage";

    /// <summary>TrafficShifted: its share is moved by the steps of its rollout.</summary>
    public const string WaitsForRollout = "WaitsForRollout";

    /// <summary>TrafficShifted: a higher version of the model decides.</summary>
    public const string Superseded = "Superseded";

    /// <summary>TrafficShifted: the kill switch is on.</summary>
    public const string KillSwitch = "KillSwitch";

    /// <summary>TrafficShifted: it was taken out of traffic.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>TrafficShifted: another rollout or experiment has the model.</summary>
    public const string RoutingBusy = "RoutingBusy";

    /// <summary>TrafficShifted: it cannot be used.</summary>
    public const string NotUsable = "NotUsable";

    /// <summary>ShadowHealthy: it is.</summary>
    public const string Healthy = "Healthy";

    /// <summary>ShadowHealthy: it fails or is late too often.</summary>
    public const string Unhealthy = "Unhealthy";

    /// <summary>ShadowHealthy: it scores nothing in the shadow.</summary>
    public const string NotShadowing = "NotShadowing";

    /// <summary>AnalysisPassed: all metrics are within their bounds.</summary>
    public const string WithinBounds = "WithinBounds";

    /// <summary>AnalysisPassed: a metric is outside of its bounds.</summary>
    public const string OutOfBounds = "OutOfBounds";

    /// <summary>AnalysisPassed: too little data to say.</summary>
    public const string Inconclusive = "Inconclusive";

    /// <summary>AnalysisPassed: no step asks for one.</summary>
    public const string NoAnalysis = "NoAnalysis";

    /// <summary>Approved: enough people have approved.</summary>
    public const string ApprovedByPeople = "ApprovedByPeople";

    /// <summary>Approved: not enough people have, yet.</summary>
    public const string WaitsForApproval = "WaitsForApproval";

    /// <summary>Approved: somebody has refused.</summary>
    public const string Rejected = "Rejected";

    /// <summary>Approved: an approval has become too old.</summary>
    public const string ApprovalExpired = "ApprovalExpired";

    /// <summary>Approved: no step asks for it.</summary>
    public const string NoApprovalNeeded = "NoApprovalNeeded";

    /// <summary>DriftFree: the last tests found none.</summary>
    public const string NoDrift = "NoDrift";

    /// <summary>DriftFree: it drifts; the policy says how far.</summary>
    public const string Drifting = "Drifting";

    /// <summary>DriftFree: no policy has tested it.</summary>
    public const string NotEvaluated = "NotEvaluated";

    /// <summary>ValidationCurrent: somebody has validated it, and the next review is not due.</summary>
    public const string Current = "Current";

    /// <summary>ValidationCurrent: the next review is overdue.</summary>
    public const string ReviewOverdue = "ReviewOverdue";

    /// <summary>ValidationCurrent: nobody has validated it.</summary>
    public const string NotValidated = "NotValidated";
}
