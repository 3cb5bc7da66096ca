using k8s;
using Xunit;

namespace FinObs.Testing.Kubernetes;

/// <summary>
/// A real Kubernetes API server for the tests of this process, found or started once, on the first use. In this order: the cluster
/// that <c>FINOBS_TEST_KUBECONFIG</c> names; <c>kube-apiserver</c> and <c>etcd</c> from <c>KUBEBUILDER_ASSETS</c> or
/// /usr/local/kubebuilder/bin, on loopback ports; k3s in a container. With none of them the test skips and says so, also where
/// <c>CI</c> is true: the same tests run on <see cref="InProcessKubernetes"/> everywhere.
/// </summary>
public sealed class KubernetesServer
{
    public const string Variable = "FINOBS_TEST_KUBECONFIG";

    private const string Missing =
        "No real Kubernetes API server for the tests: set " + Variable + " to a kubeconfig of a cluster made for tests, or KUBEBUILDER_ASSETS to a folder " +
        "with kube-apiserver and etcd (`setup-envtest use -p path`), or start Docker.";

    private static readonly Lazy<Task<KubernetesServer?>> Found = new(FindAsync);

    private readonly Func<KubernetesClientConfiguration> _configuration;
    private readonly Func<Task>? _restart;

    internal KubernetesServer(Func<KubernetesClientConfiguration> configuration, bool collectsGarbage, Func<Task>? restart = null) =>
        (_configuration, CollectsGarbage, _restart) = (configuration, collectsGarbage, restart);

    /// <summary>A controller manager runs beside it.</summary>
    public bool CollectsGarbage { get; }

    /// <summary>Of somebody who may do everything.</summary>
    public KubernetesClientConfiguration Configuration() => _configuration();

    /// <summary>Ends it (SIGKILL) and starts it again. Skips the test where somebody else started it.</summary>
    public async Task RestartAsync()
    {
        if (_restart is null) Assert.Skip("This API server was not started by the tests, so they do not restart it: name its binaries by KUBEBUILDER_ASSETS instead.");
        await _restart();
    }

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<KubernetesServer> OpenAsync()
    {
        KubernetesServer? server = await Found.Value;
        if (server is null) Assert.Skip(Missing);
        return server;
    }

    private static async Task<KubernetesServer?> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } kubeconfig)
        {
            return new KubernetesServer(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), collectsGarbage: true);
        }

        return ControlPlaneBinaries.Find() is { } binaries ? await LocalControlPlane.StartAsync(binaries) : await K3sServer.TryStartAsync();
    }
}
