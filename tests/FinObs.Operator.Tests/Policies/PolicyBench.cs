using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Operator.Status;
using FinObs.Operator.Tests.Resources;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.Operator.Tests.Policies;

/// <summary>The real reconciler of CallbackTargets on an API server in this process and a played data plane. Nothing runs by itself: the test reconciles, and time passes when it says so.</summary>
internal sealed class PolicyBench : IAsyncDisposable
{
    public const string Namespace = "bank";

    private readonly InProcessKubernetes _kubernetes;
    private readonly Kubernetes _client;
    private readonly KubernetesApi _api;
    private readonly List<IHost> _hosts = [];

    private PolicyBench(InProcessKubernetes kubernetes)
    {
        _kubernetes = kubernetes;
        _client = KubernetesApi.Connect(kubernetes.Configuration());
        _api = new KubernetesApi(_client, WriteFence.AlwaysOpen, TimeProvider.System);
    }

    public PlayedDataPlane DataPlane { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));

    /// <summary>Writes of a status so far.</summary>
    public int StatusWrites => _kubernetes.Requests.Count(request => request.Method == "PUT" && request.Path.Contains("/status", StringComparison.Ordinal));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<PolicyBench> StartAsync()
    {
        PolicyBench bench = new(await InProcessKubernetes.StartAsync());
        await bench.Client<V1Namespace>().CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } }, Cancel);
        V1CustomResourceDefinition definition = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(await File.ReadAllTextAsync(RepositoryRoot.Combine("crds/finobs.io_callbacktargets.yaml"), Cancel));
        await bench.Client<V1CustomResourceDefinition>().ApplyAsync(definition, Cancel);
        await Eventually.TrueAsync(async () => (await bench.Client<V1CustomResourceDefinition>().GetAsync(new ResourceKey("", definition.Metadata.Name), Cancel))?
            .Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true);
        return bench;
    }

    public ResourceClient<T> Client<T>()
        where T : class => new(_api);

    /// <summary>Requests for Secrets so far: each shows what is in it.</summary>
    public int SecretReads => _kubernetes.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/secrets/", StringComparison.Ordinal));

    /// <summary>What the operators' watches would have told them by now.</summary>
    public async Task TellOfSecretAsync()
    {
        V1Secret secret = (await Client<V1Secret>().GetAsync(new ResourceKey(Namespace, "finobs-sample-keys"), Cancel))!;
        secret.Data = null;
        foreach (IHost host in _hosts) host.Services.GetRequiredService<Informer<V1Secret>>().Cache.Put("", secret);
    }

    public Task CreateSecretAsync() => Client<V1Secret>().CreateAsync(
        new V1Secret { Metadata = new V1ObjectMeta { Name = "finobs-sample-keys", NamespaceProperty = Namespace }, Data = new Dictionary<string, byte[]> { ["webhook"] = [1], ["receiver-token"] = [2] } }, Cancel);

    /// <summary>The sample.</summary>
    public Task<CallbackTarget> CreateTargetAsync()
    {
        CallbackTarget sample = SampleResources.Read("callbacktarget").Deserialize<CallbackTarget>(ResourceJson.Lenient)!;
        return Client<CallbackTarget>().CreateAsync(sample with { Metadata = sample.Metadata with { Namespace = Namespace } }, Cancel);
    }

    public async Task<CallbackTarget> FindAsync() => (await Client<CallbackTarget>().ListAsync(new ResourceSelection(Namespace), Cancel)).Items.Single();

    /// <summary>An operator of its own: nothing of what another one knows.</summary>
    public PolicyReconciler<CallbackTarget, CallbackTargetSpec, CallbackTargetStatus> NewOperator(TimeProvider? time = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(_kubernetes.Configuration());
        builder.Services.AddSingleton(time ?? Time);
        builder.Configuration["Leader:Enabled"] = "false";
        builder.Services.AddReconciliation(builder.Configuration);
        builder.Services.AddStatus();
        builder.Services.AddSingleton(new DataPlaneClient(new HttpClient(DataPlane, disposeHandler: false) { BaseAddress = new Uri("http://data-plane/") }));
        builder.Services.AddOptions<DataPlaneOptions>();
        builder.Services.AddSingleton<SubmissionBuilder>();
        builder.Services.AddSingleton<ResourceSubmitter>();
        builder.Services.AddPolicies();
        IHost host = builder.Build();
        _hosts.Add(host);
        return host.Services.GetRequiredService<PolicyReconciler<CallbackTarget, CallbackTargetSpec, CallbackTargetStatus>>();
    }

    /// <summary>Reconciles for so long, each time when the last one said that it should be looked at again.</summary>
    /// <returns>How often.</returns>
    public async Task<int> PassAsync(IReconciler<CallbackTarget> reconciler, TimeSpan span)
    {
        int looks = 0;
        for (DateTimeOffset end = Time.GetUtcNow() + span; Time.GetUtcNow() < end; looks++)
        {
            ReconcileResult result = await reconciler.ReconcileAsync(await FindAsync(), Cancel);
            Time.Advance(result.RequeueAfter ?? span);
        }

        return looks;
    }

    public static string Of(CallbackTarget target, string type) =>
        target.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type) is { } found ? $"{found.Status} {found.Reason}" : "none";

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in _hosts) host.Dispose();
        _client.Dispose();
        DataPlane.Dispose();
        await _kubernetes.DisposeAsync();
    }
}
