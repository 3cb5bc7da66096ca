using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Resources.Files;
using FinObs.Operator.Rbac;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s;
using k8s.Models;
using static FinObs.EndToEnd.Tests.ModelVersions.ModelVersionWorld;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>The operator has the rights that it uses, and uses the rights that it has.</summary>
[Collection(OneRealCluster.Name)]
public sealed class OperatorRightsTests
{
    private const string Name = "card-fraud-1.0.0";

    /// <summary>Rights that no life shows, each with the reason why it is there.</summary>
    private static readonly Dictionary<string, string> Unseen = new()
    {
        ["update abexperiments/finalizers.finobs.io"] = "as for modelversions, once such an object has children",
        ["update callbacktargets/finalizers.finobs.io"] = "as for modelversions, once such an object has children",
        ["update driftpolicies/finalizers.finobs.io"] = "as for modelversions, once such an object has children",
        ["update pullsources/finalizers.finobs.io"] = "as for modelversions, once such an object has children",
        ["update modelversions/finalizers.finobs.io"] = "asked for by servers with the admission plugin OwnerReferencesPermissionEnforcement, where a child holds up its owner's deletion",
        ["create jobs.batch"] = "once a model is to be retrained: RetrainingLifeTests",
        ["delete jobs.batch"] = "an ended Job beyond the history's limits, and one whose run was stopped: RetrainingLifeTests",
        ["create modelversions.finobs.io"] = "a retraining's candidate: RetrainingLifeTests",
    };

    /// <summary>An Event that happens again is counted, ten seconds after it was written at the earliest: a slow machine shows it, a fast one does not.</summary>
    private const string Perhaps = "patch events";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_of_a_life_is_covered_by_a_rule_and_every_rule_is_used()
    {
        await using InProcessKubernetes kubernetes = await InProcessKubernetes.StartAsync();
        await using ModelVersionWorld world = await CreateAsync(kubernetes.Configuration(), hasDeploymentController: false);
        await LiveAsync(world);
        await ApplyAsync<CallbackTarget>(world, "callbacktarget", target => target.Status);
        await ApplyAsync<PullSource>(world, "pullsource", source => source.Status);
        await ApplyAsync<DriftPolicy>(world, "driftpolicy", policy => policy.Status);
        await ApplyAsync<ABExperiment>(world, "abexperiment", experiment => experiment.Status);

        HashSet<RequestedRight> granted = [.. OperatorRules.Namespaced.Concat(OperatorRules.OwnNamespace).SelectMany(rule => RequestedRight.Of(rule, world.Namespace))];
        HashSet<RequestedRight> used = [.. kubernetes.Requests.Where(request => request.Client == WorldAccess.OperatorAccount).SelectMany(RequestedRight.Of)];

        Assert.Empty(used.Except(granted));
        Assert.Equal(Unseen.Keys.Order(StringComparer.Ordinal), granted.Except(used).Select(right => right.ToString()).Where(right => right != Perhaps).Order(StringComparer.Ordinal));
    }

    /// <summary>On a real API server, with the token of the account that the operator runs under there.</summary>
    [Fact]
    public async Task With_the_charts_roles_the_server_refuses_everything_else()
    {
        KubernetesServer server = await KubernetesServer.OpenAsync();
        await using ModelVersionWorld world = await CreateAsync(server.Configuration(), hasDeploymentController: false);
        using Kubernetes client = KubernetesApi.Connect(world.Access.Operator);
        KubernetesApi api = new(client, WriteFence.AlwaysOpen, TimeProvider.System);
        string space = world.Namespace;
        V1ObjectMeta meta = new() { Name = "x", NamespaceProperty = space };
        await world.Client<ModelVersion>().CreateAsync(world.Version("card-fraud", "1.0.0", Artifact("card-fraud", "1.0.0").Digest), Cancel);
        string uid = (await world.FindAsync(Name)).Metadata.Uid!;

        await new ResourceClient<V1Secret>(api).ListAsync(new ResourceSelection(space), Cancel);
        await RefusedAsync(() => new ResourceClient<V1Secret>(api).ListAsync(new ResourceSelection("default"), Cancel));
        await RefusedAsync(() => new ResourceClient<V1Secret>(api).ListAsync(new ResourceSelection(null), Cancel));
        await RefusedAsync(() => new ResourceClient<V1Secret>(api).CreateAsync(new V1Secret { Metadata = meta }, Cancel));
        await RefusedAsync(() => new ResourceClient<V1ConfigMap>(api).ListAsync(new ResourceSelection(space), Cancel));
        await RefusedAsync(() => new ResourceClient<V1Pod>(api).CreateAsync(new V1Pod { Metadata = meta, Spec = new V1PodSpec { Containers = [new V1Container { Name = "x", Image = "x" }] } }, Cancel));
        await RefusedAsync(() => new ResourceClient<V1RoleBinding>(api).CreateAsync(
            new V1RoleBinding { Metadata = meta, RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "cluster-admin" } }, Cancel));
        await RefusedAsync(() => new ResourceClient<V1CustomResourceDefinition>(api).ListAsync(new ResourceSelection(null), Cancel));
        await RefusedAsync(() => new ResourceClient<ModelVersion>(api).DeleteAsync(new ResourceKey(space, Name), uid, Cancel));
        await RefusedAsync(() => new ResourceClient<V1Deployment>(api).ListAsync(new ResourceSelection(null), Cancel));
        await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [WorldAccess.Audience] } }, WorldAccess.DataPlaneAccount, space, cancellationToken: Cancel));
    }

    private static async Task RefusedAsync(Func<Task> request) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<ApiException>(request)).Status);

    /// <summary>A sample, until the operator has said something of it.</summary>
    private static async Task ApplyAsync<T>(ModelVersionWorld world, string file, Func<T, ResourceStatus?> status)
        where T : CustomResource
    {
        JsonNode json = YamlJson.ToJson(YamlJson.Parse(await File.ReadAllTextAsync(RepositoryRoot.Combine($"samples/resources/{file}.yaml"), Cancel))!)!;
        T sample = json.Deserialize<T>(ResourceJson.Lenient)!;
        await world.Client<T>().CreateAsync(sample with { Metadata = sample.Metadata with { Namespace = world.Namespace } }, Cancel);
        await Until.TrueAsync(async () => status((await world.Client<T>().GetAsync(world.Key(sample.Metadata.Name), Cancel))!)?.Conditions is not null);
    }

    /// <summary>All that a version can come to need and to need no longer.</summary>
    private static async Task LiveAsync(ModelVersionWorld world)
    {
        ModelArtifact artifact = Artifact("card-fraud", "1.0.0");
        await world.UploadAsync(artifact);
        await world.Client<ModelVersion>().CreateAsync(world.Version("card-fraud", "1.0.0", artifact.Digest), Cancel);
        await Until.TrueAsync(async () => await world.ChildAsync<V1Deployment>() is not null);
        await world.Node.MakeReadyAsync((await world.ChildAsync<V1Deployment>())!);
        await world.UntilAsync(Name, version => Of(version, "Ready") == "True Succeeded");

        await world.PatchAsync(Name, """{"spec":{"serving":{"maxReplicas":4}}}""");
        await Until.TrueAsync(async () => await world.ChildAsync<V2HorizontalPodAutoscaler>() is not null);
        await world.PatchAsync(Name, """{"spec":{"serving":{"maxReplicas":null}}}""");
        await Until.TrueAsync(async () => await world.ChildAsync<V2HorizontalPodAutoscaler>() is null);

        // The server of somebody else needs no pods, and a Secret.
        await world.Client<V1Secret>().CreateAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "bearer", NamespaceProperty = world.Namespace }, Data = new Dictionary<string, byte[]> { ["token"] = [120] } }, Cancel);
        await world.PatchAsync(Name, """{"spec":{"serving":{"external":{"url":"http://127.0.0.1:9","modelName":"m","bearerSecretRef":{"name":"bearer","key":"token"}}}}}""");
        await Until.TrueAsync(async () => await world.ChildAsync<V1Deployment>() is null && await world.ChildAsync<V1PodDisruptionBudget>() is null && await world.ChildAsync<V1ServiceAccount>() is null);

        await world.Client<ModelVersion>().DeleteAsync(world.Key(Name), (await world.FindAsync(Name)).Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await world.Client<ModelVersion>().GetAsync(world.Key(Name), Cancel) is null);
    }
}
