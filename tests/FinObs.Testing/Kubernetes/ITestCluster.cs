using k8s;

namespace FinObs.Testing.Kubernetes;

/// <summary>An API server to test against. What is written for this runs on the one inside the process and on a real one.</summary>
public interface ITestCluster
{
    /// <summary>Deletes what belonged to a deleted object.</summary>
    bool CollectsGarbage { get; }

    /// <summary>How to reach it. Skips the test where there is none.</summary>
    Task<KubernetesClientConfiguration> ConnectAsync();

    /// <summary>Ends the API server, all watches with it, and starts it again with what it had. Skips the test where it is not ours to end.</summary>
    Task RestartAsync();
}

/// <summary>One <see cref="InProcessKubernetes"/> for all tests of a class, as its <c>IClassFixture</c>.</summary>
public sealed class InProcessCluster : ITestCluster, IAsyncDisposable
{
    private readonly Lazy<Task<InProcessKubernetes>> _server = new(InProcessKubernetes.StartAsync);

    public bool CollectsGarbage => true;

    public async Task<KubernetesClientConfiguration> ConnectAsync() => (await _server.Value).Configuration();

    public async Task RestartAsync()
    {
        InProcessKubernetes server = await _server.Value;
        await server.StopAsync();
        await server.StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }
}

/// <summary>A real API server, the same for all test classes of the process, see <see cref="KubernetesServer"/>.</summary>
public sealed class RealCluster : ITestCluster
{
    public bool CollectsGarbage { get; private set; }

    public async Task<KubernetesClientConfiguration> ConnectAsync()
    {
        KubernetesServer server = await KubernetesServer.OpenAsync();
        CollectsGarbage = server.CollectsGarbage;
        return server.Configuration();
    }

    public async Task RestartAsync() => await (await KubernetesServer.OpenAsync()).RestartAsync();
}
