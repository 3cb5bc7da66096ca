using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Storage;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using k8s;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>A cluster with the definitions, a data plane and an operator, each a process of its own.</summary>
internal sealed class ModelVersionWorld : IAsyncDisposable
{
    private readonly Kubernetes _client;
    private readonly KubernetesApi _api;
    private readonly Installation _installation;
    private readonly string[] _settings;
    private DataPlaneProcess _dataPlane = null!;
    private OperatorProcess? _operator;

    private ModelVersionWorld(KubernetesClientConfiguration configuration, Installation installation, bool hasDeploymentController, string[] settings)
    {
        _settings = settings;
        _client = KubernetesApi.Connect(configuration);
        _api = new KubernetesApi(_client, WriteFence.AlwaysOpen, TimeProvider.System);
        _installation = installation;
        Node = new PlayedNode(Client<V1Pod>, Client<V1Deployment>, Namespace, hasDeploymentController);
    }

    public string Namespace { get; } = $"life-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    public PlayedNode Node { get; }

    public WorldAccess Access { get; private set; } = null!;

    /// <summary>What the two processes wrote so far.</summary>
    public string Output => $"{_operator?.Output}\n{_dataPlane.Output}";

    public HttpClient DataPlane => _dataPlane.Client;

    /// <summary>Where the operator that runs has its health and metrics.</summary>
    public Uri OperatorAddress => _operator!.Address;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="configuration">Of the cluster.</param>
    /// <param name="hasDeploymentController">The cluster makes pods of Deployments by itself.</param>
    /// <param name="settings">Further ones, of both processes.</param>
    public static async Task<ModelVersionWorld> CreateAsync(KubernetesClientConfiguration configuration, bool hasDeploymentController, params string[] settings)
    {
        Installation installation = await Installation.CreateAsync(DatabaseKind.Sqlite);
        ModelVersionWorld world = new(configuration, installation, hasDeploymentController, settings);
        await world.Client<V1Namespace>().CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = world.Namespace } }, Cancel);
        world.Access = await WorldAccess.CreateAsync(configuration, world._client, world.Namespace, installation.Folder);
        world._dataPlane = await installation.StartAsync([.. world.Access.DataPlaneSettings, .. settings]);
        world.DataPlane.DefaultRequestHeaders.Authorization = WorldAccess.TestKey;
        await world.DefineAsync();
        await world.StartOperatorAsync();
        return world;
    }

    public async Task StartOperatorAsync() => _operator = await OperatorProcess.StartAsync(Access.Operator, Namespace, _dataPlane.Client.BaseAddress!, [.. Access.OperatorSettings, .. _settings]);

    /// <summary>A second operator, which waits for the lease of the first.</summary>
    public Task<OperatorProcess> StartStandbyAsync(params string[] settings) => OperatorProcess.StartAsync(Access.Operator, Namespace, _dataPlane.Client.BaseAddress!, [.. Access.OperatorSettings, .. _settings, .. settings]);

    public async Task KillOperatorAsync()
    {
        OperatorProcess killed = _operator!;
        _operator = null;
        await killed.KillAsync();
        await killed.DisposeAsync();
    }

    public ResourceClient<T> Client<T>()
        where T : class => new(_api);

    public ResourceKey Key(string name) => new(Namespace, name);

    /// <summary>Another artifact of the trained model, under that name.</summary>
    public static ModelArtifact Artifact(string model, string version)
    {
        ModelArtifact trained = ModelArtifact.Read(TrainedModel.Folder);
        return ModelArtifact.Create(trained.Manifest with { Model = model, Version = version }, trained.ModelBytes.ToArray());
    }

    public async Task UploadAsync(ModelArtifact artifact)
    {
        using ByteArrayContent zip = new(artifact.ToZip()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        using HttpResponseMessage response = await DataPlane.PutAsync(new Uri($"/v1/artifacts/{artifact.Digest}", UriKind.Relative), zip, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    public ModelVersion Version(string model, string version, string digest) => new()
    {
        Metadata = new ObjectMeta { Name = $"{model}-{version}", Namespace = Namespace, Annotations = new Dictionary<string, string> { [WellKnown.ChangeReason] = "a test" } },
        Spec = new ModelVersionSpec { Model = model, Version = version, Artifact = new ModelArtifactSpec { Uri = $"finobs://{digest}", Digest = digest }, Stage = ModelStage.Production },
    };

    public async Task<ModelVersion> FindAsync(string name) => (await Client<ModelVersion>().GetAsync(Key(name), Cancel))!;

    public Task PatchAsync(string name, string patch) => Client<ModelVersion>().MergeAsync(Key(name), (JsonObject)JsonNode.Parse(patch)!, Cancel);

    /// <summary>The version once it is as the test wants it.</summary>
    public async Task<ModelVersion> UntilAsync(string name, Func<ModelVersion, bool> condition)
    {
        ModelVersion? version = null;
        await Until.TrueAsync(
            async () => (version = await Client<ModelVersion>().GetAsync(Key(name), Cancel)) is not null && condition(version),
            () => $"{JsonSerializer.Serialize(version, ResourceJson.Lenient)}\n{Output}");
        return version!;
    }

    public static string Of(ModelVersion version, string type) =>
        version.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type) is { } found ? $"{found.Status} {found.Reason}" : "none";

    /// <summary>The only child of a kind.</summary>
    public async Task<T?> ChildAsync<T>()
        where T : class => (await Client<T>().ListAsync(new ResourceSelection(Namespace, $"{WellKnown.ManagedBy}=finobs"), Cancel)).Items.SingleOrDefault();

    /// <summary>Another one as soon as the version or a child of it is another.</summary>
    public async Task<string> FingerprintAsync(string name)
    {
        string? version = (await Client<ModelVersion>().GetAsync(Key(name), Cancel))?.Metadata.ResourceVersion;
        string?[] children =
        [
            (await ChildAsync<V1ServiceAccount>())?.Metadata.ResourceVersion, (await ChildAsync<V1NetworkPolicy>())?.Metadata.ResourceVersion, (await ChildAsync<V1Service>())?.Metadata.ResourceVersion,
            (await ChildAsync<V1Deployment>())?.Metadata.ResourceVersion, (await ChildAsync<V1PodDisruptionBudget>())?.Metadata.ResourceVersion,
        ];
        return $"{version} {string.Join(' ', children)}";
    }

    /// <summary>Those of a version with fixed replicas; the last that the operator makes among them.</summary>
    public async Task<bool> HasEveryChildAsync() => await ChildAsync<V1Deployment>() is not null && await ChildAsync<V1PodDisruptionBudget>() is not null;

    public async Task<string?> DeciderAsync()
    {
        string id = $"t-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";
        using StringContent body = new($$"""{"transaction_id":"{{id}}","amount":5,"type":"card","account":"a-1"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await DataPlane.PostAsync(new Uri($"/webhooks/transactions?namespace={Namespace}", UriKind.Relative), body, Cancel);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("results")[0].GetProperty("model_version").GetString();
    }

    public async Task<string> StoryAsync(string name)
    {
        IReadOnlyList<Corev1Event> events = (await Client<Corev1Event>().ListAsync(new ResourceSelection(Namespace), Cancel)).Items;
        return string.Join('\n', events.Where(told => told.InvolvedObject.Name == name).Select(told => $"{told.Type} {told.Reason}: {told.Message}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null) await _operator.DisposeAsync();
        if (_dataPlane is not null) await _dataPlane.DisposeAsync();
        await _installation.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>The definitions as they are committed.</summary>
    private async Task DefineAsync()
    {
        foreach (string path in Directory.EnumerateFiles(RepositoryRoot.Combine("crds"), "*.yaml"))
        {
            V1CustomResourceDefinition definition = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(await File.ReadAllTextAsync(path, Cancel));
            await Client<V1CustomResourceDefinition>().ApplyAsync(definition, Cancel);
            await Until.TrueAsync(async () => (await Client<V1CustomResourceDefinition>().GetAsync(new ResourceKey("", definition.Metadata.Name), Cancel))?
                .Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true);
        }
    }
}
