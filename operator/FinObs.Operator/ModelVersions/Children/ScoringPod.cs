using System.Globalization;
using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>
/// The pod that scores one version: the data plane's image in the role <c>scorer</c>. It fetches the artifact by its digest, verifies and warms it up before it is
/// ready, writes nowhere but into two small empty volumes, and holds no token of the Kubernetes API.
/// </summary>
internal static class ScoringPod
{
    public const int HttpPort = 8080;
    public const int GrpcPort = 8081;
    public const string Container = "scorer";
    private const string TokenFolder = "/var/run/secrets/finobs";
    private const string KeyFolder = "/var/run/secrets/finobs-key";
    private const string ArtifactFolder = "/artifact";
    private const string CacheFolder = "/var/cache/finobs";

    /// <summary>Beyond the drain period: for the process to end.</summary>
    private const int ExitSeconds = 15;

    public static V1PodTemplateSpec Template(ModelVersion version, ScorerOptions options)
    {
        ServingPodTemplate? wishes = version.Spec.Serving.PodTemplate;
        Dictionary<string, string> labels = new(wishes?.Labels ?? new Dictionary<string, string>());
        foreach ((string key, string value) in ChildLabels.All(version)) labels[key] = value;
        return new V1PodTemplateSpec
        {
            Metadata = new V1ObjectMeta { Labels = labels, Annotations = wishes?.Annotations is { } annotations ? new Dictionary<string, string>(annotations) : null },
            Spec = Spec(version, options, wishes),
        };
    }

    private static V1PodSpec Spec(ModelVersion version, ScorerOptions options, ServingPodTemplate? wishes) => new()
    {
        ServiceAccountName = ChildName.Of(version.Metadata.Name),
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        TerminationGracePeriodSeconds = DrainSeconds(version) + ExitSeconds,
        SecurityContext = new V1PodSecurityContext
        {
            RunAsNonRoot = true,
            RunAsUser = options.RunAsUser,
            RunAsGroup = options.RunAsUser,
            FsGroup = options.RunAsUser,
            SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
        },
        ImagePullSecrets = options.ImagePullSecrets.Count == 0 ? null : [.. options.ImagePullSecrets.Select(name => new V1LocalObjectReference { Name = name })],
        NodeSelector = wishes?.NodeSelector is { } selector ? new Dictionary<string, string>(selector) : null,
        Tolerations = wishes?.Tolerations is { } tolerations ? [.. tolerations.Select(Toleration)] : null,
        PriorityClassName = wishes?.PriorityClassName,
        TopologySpreadConstraints =
        [
            new V1TopologySpreadConstraint
            {
                MaxSkew = 1,
                TopologyKey = "kubernetes.io/hostname",
                WhenUnsatisfiable = "ScheduleAnyway",
                LabelSelector = new V1LabelSelector { MatchLabels = ChildLabels.Selector(version) },
            },
        ],
        Containers = [ScorerContainer(version, options)],
        Volumes = [.. Volumes(version, options)],
    };

    private static V1Container ScorerContainer(ModelVersion version, ScorerOptions options) => new()
    {
        Name = Container,
        Image = options.Image,
        ImagePullPolicy = options.ImagePullPolicy,
        Env = [.. Environment(version, options).Select(pair => new V1EnvVar { Name = pair.Name, Value = pair.Value })],
        Ports = [new V1ContainerPort { Name = "http", ContainerPort = HttpPort, Protocol = "TCP" }, new V1ContainerPort { Name = "grpc", ContainerPort = GrpcPort, Protocol = "TCP" }],
        Resources = new V1ResourceRequirements { Requests = Quantities(version.Spec.Serving.Resources.Requests), Limits = Quantities(version.Spec.Serving.Resources.Limits) },
        SecurityContext = new V1SecurityContext
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
        },
        // A model may take minutes to fetch, and a scorer that cannot fetch one is not dead: only readiness waits for it.
        StartupProbe = Probe("/health/live", periodSeconds: 2, failureThreshold: 30),
        LivenessProbe = Probe("/health/live", periodSeconds: 10, failureThreshold: 3),
        ReadinessProbe = Probe("/health/ready", periodSeconds: 2, failureThreshold: 1),
        VolumeMounts = [.. Mounts(version, options)],
        TerminationMessagePolicy = "FallbackToLogsOnError",
    };

    private static IEnumerable<(string Name, string Value)> Environment(ModelVersion version, ScorerOptions options)
    {
        ServingSpec serving = version.Spec.Serving;
        yield return ("Role", "scorer");
        yield return ("Scorer__ArtifactDigest", version.Spec.Artifact.Digest);
        yield return ("Scorer__ArtifactUrl", ArtifactUrl(version, options));
        yield return ("Scorer__CacheFolder", CacheFolder);
        yield return ("Scorer__HttpPort", HttpPort.ToString(CultureInfo.InvariantCulture));
        yield return ("Scorer__GrpcPort", GrpcPort.ToString(CultureInfo.InvariantCulture));
        yield return ("Scorer__WarmupSamples", serving.WarmupSamples.ToString(CultureInfo.InvariantCulture));
        yield return ("Scorer__Concurrency", serving.Concurrency.ToString(CultureInfo.InvariantCulture));
        yield return ("Scorer__DrainSeconds", DrainSeconds(version).ToString(CultureInfo.InvariantCulture));
        if (options.ApiKeySecret is not null)
        {
            yield return ("Scorer__ApiKeyFile", $"{KeyFolder}/api-key");
            yield return ("Scorer__Access__ApiKeyFile", $"{KeyFolder}/api-key");
        }
        else
        {
            if (FetchesFromTheDataPlane(version)) yield return ("Scorer__TokenFile", $"{TokenFolder}/token");
            if (options.TokenIssuer is null) yield break;
            yield return ("Access__ServiceAccounts__Issuer", options.TokenIssuer);
            yield return ("Access__ServiceAccounts__Audience", options.TokenAudience);

            // A pod may not reach the API server: it takes the cluster's public keys from the data plane.
            yield return ("Access__ServiceAccounts__Jwks", $"{options.ArtifactServer.TrimEnd('/')}/v1/access/jwks");
            for (int i = 0; i < options.AllowedCallers.Count; i++) yield return ($"Access__ServiceAccounts__Callers__{i}", options.AllowedCallers[i]);
        }
    }

    /// <summary>What lies in a volume or an image is mounted; all else comes from the data plane, which has fetched and verified it.</summary>
    private static string ArtifactUrl(ModelVersion version, ScorerOptions options)
    {
        ModelArtifactSpec artifact = version.Spec.Artifact;
        return Uri(artifact) switch
        {
            ("pvc", var rest) => $"file://{ArtifactFolder}/{rest.Split('/', 2)[1]}",
            ("oci", _) => $"file://{ArtifactFolder}",
            _ => $"{options.ArtifactServer.TrimEnd('/')}/v1/artifacts/{artifact.Digest}",
        };
    }

    private static IEnumerable<V1Volume> Volumes(ModelVersion version, ScorerOptions options)
    {
        yield return new V1Volume { Name = "tmp", EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity("64Mi") } };
        yield return new V1Volume { Name = "cache", EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity("512Mi") } };
        switch (Uri(version.Spec.Artifact))
        {
            case ("pvc", var rest):
                yield return new V1Volume { Name = "artifact", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = rest.Split('/', 2)[0], ReadOnlyProperty = true } };
                break;
            case ("oci", var rest):
                yield return new V1Volume { Name = "artifact", Image = new V1ImageVolumeSource { Reference = rest, PullPolicy = "IfNotPresent" } };
                break;
        }

        if (options.ApiKeySecret is { } secret)
        {
            yield return new V1Volume { Name = "finobs-key", Secret = new V1SecretVolumeSource { SecretName = secret, DefaultMode = 288, Items = [new V1KeyToPath { Key = "api-key", Path = "api-key" }] } };
        }
        else if (FetchesFromTheDataPlane(version))
        {
            yield return new V1Volume
            {
                Name = "finobs-token",
                Projected = new V1ProjectedVolumeSource
                {
                    DefaultMode = 288,
                    Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Audience = options.TokenAudience, ExpirationSeconds = options.TokenSeconds, Path = "token" } }],
                },
            };
        }
    }

    private static IEnumerable<V1VolumeMount> Mounts(ModelVersion version, ScorerOptions options)
    {
        yield return new V1VolumeMount { Name = "tmp", MountPath = "/tmp" };
        yield return new V1VolumeMount { Name = "cache", MountPath = CacheFolder };
        if (Uri(version.Spec.Artifact).Scheme is "pvc" or "oci") yield return new V1VolumeMount { Name = "artifact", MountPath = ArtifactFolder, ReadOnlyProperty = true };
        if (options.ApiKeySecret is not null) yield return new V1VolumeMount { Name = "finobs-key", MountPath = KeyFolder, ReadOnlyProperty = true };
        else if (FetchesFromTheDataPlane(version)) yield return new V1VolumeMount { Name = "finobs-token", MountPath = TokenFolder, ReadOnlyProperty = true };
    }

    private static bool FetchesFromTheDataPlane(ModelVersion version) => Uri(version.Spec.Artifact).Scheme is not ("pvc" or "oci");

    private static (string Scheme, string Place) Uri(ModelArtifactSpec artifact)
    {
        string[] parts = artifact.Uri.Split("://", 2);
        return (parts[0], parts[1]);
    }

    private static int DrainSeconds(ModelVersion version) => (int)Math.Ceiling(version.Spec.Serving.DrainPeriod.Value.TotalSeconds);

    private static V1Probe Probe(string path, int periodSeconds, int failureThreshold) => new()
    {
        HttpGet = new V1HTTPGetAction { Path = path, Port = "http" },
        PeriodSeconds = periodSeconds,
        FailureThreshold = failureThreshold,
        TimeoutSeconds = 2,
    };

    private static Dictionary<string, ResourceQuantity> Quantities(IReadOnlyDictionary<string, string> texts) =>
        texts.ToDictionary(pair => pair.Key, pair => new ResourceQuantity(pair.Value));

    private static V1Toleration Toleration(PodToleration toleration) => new()
    {
        Key = toleration.Key,
        OperatorProperty = toleration.Operator.ToString(),
        Value = toleration.Value,
        Effect = toleration.Effect?.ToString(),
    };
}
