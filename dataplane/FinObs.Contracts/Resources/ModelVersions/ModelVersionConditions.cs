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
}
