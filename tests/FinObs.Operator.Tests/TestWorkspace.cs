using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Testing.Kubernetes;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Tests;

/// <summary>A namespace of its own on a test's API server, with Gadgets to put in it.</summary>
internal sealed class TestWorkspace : IDisposable
{
    private readonly Kubernetes _client;
    private readonly KubernetesApi _api;

    private TestWorkspace(KubernetesClientConfiguration configuration)
    {
        Configuration = configuration;
        _client = KubernetesApi.Connect(configuration);
        _api = new KubernetesApi(_client, WriteFence.AlwaysOpen, TimeProvider.System);
    }

    public KubernetesClientConfiguration Configuration { get; }

    public string Namespace { get; } = $"test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    public ResourceClient<Gadget> Gadgets => Client<Gadget>();

    public static async Task<TestWorkspace> CreateAsync(ITestCluster cluster)
    {
        TestWorkspace workspace = new(await cluster.ConnectAsync());
        await workspace.PrepareAsync();
        return workspace;
    }

    public static async Task<TestWorkspace> CreateAsync(InProcessKubernetes kubernetes)
    {
        TestWorkspace workspace = new(kubernetes.Configuration());
        await workspace.PrepareAsync();
        return workspace;
    }

    public ResourceClient<T> Client<T>()
        where T : class => new(_api);

    public ResourceKey Key(string name) => new(Namespace, name);

    public Gadget Gadget(string name, int size = 1, string? secret = null) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = Namespace }, Spec = new GadgetSpec { Size = size, Secret = secret } };

    public Task<Gadget> CreateGadgetAsync(string name, int size = 1, string? secret = null) =>
        Gadgets.CreateAsync(Gadget(name, size, secret), TestContext.Current.CancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task PrepareAsync()
    {
        await Client<V1Namespace>().CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } }, TestContext.Current.CancellationToken);
        try
        {
            await Client<V1CustomResourceDefinition>().CreateAsync(Tests.Gadget.Definition(), TestContext.Current.CancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            // Another test was first.
        }

        await Eventually.TrueAsync(async () =>
        {
            V1CustomResourceDefinition? definition = await Client<V1CustomResourceDefinition>().GetAsync(new ResourceKey("", "gadgets.finobs.io"), TestContext.Current.CancellationToken);
            return definition?.Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true;
        });
    }
}
