using System.Net;
using FinObs.Testing;
using k8s;
using k8s.KubeConfigModels;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>The real operator, as built, in a process of its own; it finds its cluster by a kubeconfig, as anybody does.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly GuardedProcess _process;
    private readonly TemporaryFolder _folder;

    private OperatorProcess(GuardedProcess process, TemporaryFolder folder, Uri address) => (_process, _folder, Address) = (process, folder, address);

    /// <summary>Health and metrics.</summary>
    public Uri Address { get; }

    public string Output => _process.Output;

    /// <summary>Starts it and waits until its caches are filled.</summary>
    public static async Task<OperatorProcess> StartAsync(KubernetesClientConfiguration cluster, string space, Uri dataPlane, params string[] settings)
    {
        TemporaryFolder folder = new();
        string kubeconfig = folder.Combine("kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, Kubeconfig(cluster, space));
        string address = $"http://127.0.0.1:{FreePort.Next()}";
        GuardedProcess process = GuardedProcess.Start(
            [
                "dotnet", Path.Combine(AppContext.BaseDirectory, "FinObs.Operator.dll"), "--urls", address, "--Watch:Namespaces", space, "--Leader:LeaseNamespace", space,
                "--Leader:LeaseDuration", "00:00:03", "--Leader:RenewDeadline", "00:00:02", "--Leader:RetryPeriod", "00:00:00.500",
                "--DataPlane:Url", dataPlane.ToString(), "--DataPlane:StatusPeriod", "00:00:01", "--Scorer:Image", "finobs/data-plane:test",
                .. settings,
            ],
            folder.FullPath,
            new Dictionary<string, string?> { ["KUBECONFIG"] = kubeconfig, ["DOTNET_TieredPGO"] = "0" });
        OperatorProcess started = new(process, folder, new Uri(address));
        using HttpClient http = new() { BaseAddress = new Uri(address) };
        long begun = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(http))
        {
            Assert.False(process.HasExited, $"The operator ended:\n{process.Output}");
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Deadline, $"The operator is not ready:\n{process.Output}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return started;
    }

    /// <summary>SIGKILL: no lease is released, nothing is finished.</summary>
    public Task KillAsync() => _process.EndAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Kubeconfig(KubernetesClientConfiguration cluster, string space) => KubernetesYaml.Serialize(new K8SConfiguration
    {
        ApiVersion = "v1",
        Kind = "Config",
        CurrentContext = "test",
        Clusters =
        [
            new Cluster
            {
                Name = "test",
                ClusterEndpoint = new ClusterEndpoint
                {
                    Server = cluster.Host,
                    CertificateAuthorityData = cluster.SslCaCerts is { Count: > 0 } authorities ? Base64(string.Join('\n', authorities.Select(authority => authority.ExportCertificatePem()))) : null,
                },
            },
        ],
        Users = [new User { Name = "test", UserCredentials = new UserCredentials { Token = cluster.AccessToken, ClientCertificateData = cluster.ClientCertificateData, ClientKeyData = cluster.ClientCertificateKeyData } }],
        Contexts = [new Context { Name = "test", ContextDetails = new ContextDetails { Cluster = "test", User = "test", Namespace = space } }],
    });

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));
}
