using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>
/// The name of the ready pods. Headless: a gRPC connection lasts, so the data plane resolves all addresses and spreads its calls itself; a virtual address would
/// tie each connection to one pod.
/// </summary>
internal static class ScoringService
{
    public static V1Service Build(ModelVersion version) => new()
    {
        Metadata = ChildLabels.Metadata(version),
        Spec = new V1ServiceSpec
        {
            ClusterIP = "None",
            Selector = ChildLabels.Selector(version),
            Ports =
            [
                new V1ServicePort { Name = "grpc", Port = ScoringPod.GrpcPort, TargetPort = "grpc", Protocol = "TCP", AppProtocol = "kubernetes.io/h2c" },
                new V1ServicePort { Name = "http", Port = ScoringPod.HttpPort, TargetPort = "http", Protocol = "TCP", AppProtocol = "http" },
            ],
        },
    };

    /// <summary>What the data plane connects to.</summary>
    public static string Endpoint(ModelVersion version) => $"http://{ChildName.Of(version.Metadata.Name)}.{version.Metadata.Namespace}.svc:{ScoringPod.GrpcPort}";
}
