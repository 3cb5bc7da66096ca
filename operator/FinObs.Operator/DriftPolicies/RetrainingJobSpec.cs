using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Operator.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using k8s.Models;

namespace FinObs.Operator.DriftPolicies;

/// <summary>
/// The Job that carries out one retraining run: the data plane's image, whose retraining tool takes the run, trains, uploads and reports. It has no right in the cluster and no credentials of the database. Pure: the same policy and run give the
/// same Job, under a name that the two make; since a run has one window, a repeat is a no-op.
/// </summary>
internal static class RetrainingJobSpec
{
    public const string AppName = "finobs-retraining";
    public const string Container = "retraining";

    /// <summary>The run that a Job carries out.</summary>
    public const string RunAnnotation = "finobs.io/retraining-run";

    private const string Tool = "/app/FinObs.Retraining.dll";
    private const string TokenFolder = "/var/run/secrets/finobs";

    /// <summary>The tool has ended the run itself: another pod would find it over.</summary>
    private const int BadInput = 1;

    /// <summary>The pod stops at once: what it did is not kept, and the next one begins from the start.</summary>
    private const int GraceSeconds = 10;

    public static string NameOf(DriftPolicy policy, string run) => ChildName.Of("retrain", policy.Metadata.Name, $"{policy.Metadata.Uid} {run}");

    public static V1Job Build(DriftPolicy policy, RetrainingJob wish, string run, ScorerOptions options)
    {
        string name = NameOf(policy, run);
        Dictionary<string, string> labels = Labels(policy, name);
        return new V1Job
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = policy.Metadata.Namespace,
                Labels = labels,
                Annotations = new Dictionary<string, string> { [RunAnnotation] = run },
                OwnerReferences = [OwnerOf(policy, isController: true)],
            },
            Spec = new V1JobSpec
            {
                BackoffLimit = wish.BackoffLimit,
                ActiveDeadlineSeconds = (long)Math.Ceiling(wish.Deadline.Value.TotalSeconds),
                PodFailurePolicy = new V1PodFailurePolicy
                {
                    Rules =
                    [
                        new V1PodFailurePolicyRule { Action = "FailJob", OnExitCodes = new V1PodFailurePolicyOnExitCodesRequirement { ContainerName = Container, OperatorProperty = "In", Values = [BadInput] } },

                        // Evicted, preempted, its node drained: not the pod's fault.
                        new V1PodFailurePolicyRule { Action = "Ignore", OnPodConditions = [new V1PodFailurePolicyOnPodConditionsPattern { Type = "DisruptionTarget", Status = "True" }] },
                    ],
                },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = Pod(wish, run, options) },
            },
        };
    }

    public static V1OwnerReference OwnerOf(DriftPolicy policy, bool isController = false) => new()
    {
        ApiVersion = policy.ApiVersion,
        Kind = policy.Kind,
        Name = policy.Metadata.Name,
        Uid = policy.Metadata.Uid,
        Controller = isController ? true : null,
        BlockOwnerDeletion = isController ? true : null,
    };

    public static Dictionary<string, string> Selector() => new() { [ChildLabels.Name] = AppName, [WellKnown.ManagedBy] = ChildLabels.OperatorValue };

    private static Dictionary<string, string> Labels(DriftPolicy policy, string name) => new(Selector())
    {
        [ChildLabels.Instance] = name,
        [ChildLabels.PartOf] = "finobs",
        [ChildLabels.Model] = policy.Spec.ModelRef.Model,
    };

    private static V1PodSpec Pod(RetrainingJob wish, string run, ScorerOptions options) => new()
    {
        RestartPolicy = "Never",
        ServiceAccountName = AppName,
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        TerminationGracePeriodSeconds = GraceSeconds,
        SecurityContext = new V1PodSecurityContext
        {
            RunAsNonRoot = true,
            RunAsUser = options.RunAsUser,
            RunAsGroup = options.RunAsUser,
            FsGroup = options.RunAsUser,
            SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
        },
        ImagePullSecrets = options.ImagePullSecrets.Count == 0 ? null : [.. options.ImagePullSecrets.Select(secret => new V1LocalObjectReference { Name = secret })],
        Containers =
        [
            new V1Container
            {
                Name = Container,
                Image = options.Image,
                ImagePullPolicy = options.ImagePullPolicy,
                Command = ["dotnet", Tool],
                Args = ["run", "--url", options.ArtifactServer, "--run", run, "--token-file", $"{TokenFolder}/{TokenFile(options)}"],
                Resources = new V1ResourceRequirements { Requests = Quantities(wish.Resources.Requests), Limits = Quantities(wish.Resources.Limits) },
                SecurityContext = new V1SecurityContext { AllowPrivilegeEscalation = false, ReadOnlyRootFilesystem = true, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
                VolumeMounts = [new V1VolumeMount { Name = "tmp", MountPath = "/tmp" }, new V1VolumeMount { Name = "finobs-token", MountPath = TokenFolder, ReadOnlyProperty = true }],
                TerminationMessagePolicy = "FallbackToLogsOnError",
            },
        ],
        Volumes = [new V1Volume { Name = "tmp", EmptyDir = new V1EmptyDirVolumeSource() }, Token(options)],
    };

    private static string TokenFile(ScorerOptions options) => options.ApiKeySecret is null ? "token" : "api-key";

    private static V1Volume Token(ScorerOptions options) => options.ApiKeySecret is { } secret
        ? new V1Volume { Name = "finobs-token", Secret = new V1SecretVolumeSource { SecretName = secret, DefaultMode = 288, Items = [new V1KeyToPath { Key = "api-key", Path = "api-key" }] } }
        : new V1Volume
        {
            Name = "finobs-token",
            Projected = new V1ProjectedVolumeSource
            {
                DefaultMode = 288,
                Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Audience = options.TokenAudience, ExpirationSeconds = options.TokenSeconds, Path = "token" } }],
            },
        };

    private static Dictionary<string, ResourceQuantity> Quantities(IReadOnlyDictionary<string, string> texts) => texts.ToDictionary(pair => pair.Key, pair => new ResourceQuantity(pair.Value));
}
