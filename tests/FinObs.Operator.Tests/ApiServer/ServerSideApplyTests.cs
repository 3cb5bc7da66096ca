using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.ApiServer;

public sealed class InProcessServerSideApplyTests(InProcessCluster cluster) : ServerSideApplyTests(cluster), IClassFixture<InProcessCluster>;

public sealed class RealServerSideApplyTests(RealCluster cluster) : ServerSideApplyTests(cluster), IClassFixture<RealCluster>;

/// <summary>What our builders rely on in server-side apply; on the API server inside the process and on a real one.</summary>
public abstract class ServerSideApplyTests(ITestCluster cluster) : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.CreateAsync(cluster);

    public ValueTask DisposeAsync()
    {
        _workspace?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        ResourceClient<V1Deployment> deployments = _workspace.Client<V1Deployment>();
        V1Deployment first = await deployments.ApplyAsync(Deployment(), Cancel);

        // Where a cluster's own controllers run, they write a status meanwhile, a few times.
        V1Deployment before = first, after = await deployments.ApplyAsync(Deployment(), Cancel);
        await Eventually.TrueAsync(async () =>
        {
            (before, after) = (after, await deployments.ApplyAsync(Deployment(), Cancel));
            return before.Metadata.ResourceVersion == after.Metadata.ResourceVersion;
        });
        Assert.Equal(first.Metadata.Generation, after.Metadata.Generation);
    }

    [Fact]
    public async Task A_field_that_is_left_out_goes()
    {
        await ApplyAsync("us", """{"data":{"a":"1","b":"2"}}""");
        JsonObject map = await ApplyAsync("us", """{"data":{"a":"1"}}""");
        Assert.Equal("""{"a":"1"}""", map["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_field_of_somebody_else_stays()
    {
        await ApplyAsync("them", """{"data":{"theirs":"1"}}""");
        JsonObject map = await ApplyAsync("us", """{"data":{"ours":"1"}}""");
        Assert.Equal("""{"ours":"1","theirs":"1"}""", Sorted(map["data"]!));
        map = await ApplyAsync("us", """{"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal("""{"theirs":"1"}""", map["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Another_value_for_somebody_elses_field_is_a_conflict_unless_forced()
    {
        await ApplyAsync("them", """{"data":{"a":"theirs"}}""");
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => ApplyAsync("us", """{"data":{"a":"ours"}}"""));
        Assert.True(refusal.IsConflict);
        Assert.Contains("them", refusal.Message, StringComparison.Ordinal);
        JsonObject map = await ApplyAsync("us", """{"data":{"a":"ours"}}""", force: true);
        Assert.Equal("ours", map["data"]!["a"]!.GetValue<string>());
        // It is ours alone now: they no longer have it to give up.
        map = await ApplyAsync("them", """{"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal("ours", map["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_field_that_both_set_to_the_same_value_stays_until_both_leave_it()
    {
        await ApplyAsync("them", """{"data":{"a":"1"}}""");
        await ApplyAsync("us", """{"data":{"a":"1"}}""");
        Assert.NotNull((await ApplyAsync("them", """{"metadata":{"labels":{"a":"b"}}}"""))["data"]?["a"]);
        Assert.Null((await ApplyAsync("us", """{"metadata":{"labels":{"a":"b"}}}"""))["data"]?["a"]);
    }

    [Fact]
    public async Task What_a_person_changed_is_put_right_by_the_next_apply()
    {
        ResourceClient<V1Deployment> deployments = _workspace.Client<V1Deployment>();
        await deployments.ApplyAsync(Deployment(), Cancel);
        JsonObject edit = JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"edited:1"}]}}},"metadata":{"labels":{"mine":"kept"}}}""")!.AsObject();
        await PatchAsync("apps/v1", "deployments", "one", "kubectl-edit", edit, "application/merge-patch+json");
        V1Deployment put = await deployments.ApplyAsync(Deployment(), Cancel);
        Assert.Equal("scorer:1", put.Spec.Template.Spec.Containers.Single().Image);
        Assert.Equal("kept", put.Metadata.Labels["mine"]);
    }

    [Fact]
    public async Task Items_of_a_list_with_keys_are_merged_by_them()
    {
        await ApplyGadgetAsync("us", """{"spec":{"parts":[{"name":"a","size":1},{"name":"b","size":2}]}}""");
        await ApplyGadgetAsync("them", """{"spec":{"parts":[{"name":"c","size":3}]}}""");
        JsonObject gadget = await ApplyGadgetAsync("us", """{"spec":{"parts":[{"name":"b","size":20}]}}""");
        Assert.Equal(["b=20", "c=3"], gadget["spec"]!["parts"]!.AsArray().Select(part => $"{part!["name"]}={part["size"]}").Order());
    }

    [Fact]
    public async Task Containers_and_their_variables_are_merged_by_name()
    {
        ResourceClient<V1Deployment> deployments = _workspace.Client<V1Deployment>();
        await deployments.ApplyAsync(Deployment(("A", "1"), ("B", "2")), Cancel);
        V1Deployment second = await deployments.ApplyAsync(Deployment(("B", "3")), Cancel);
        Assert.Equal(["B=3"], second.Spec.Template.Spec.Containers.Single().Env.Select(variable => $"{variable.Name}={variable.Value}"));
        Assert.Equal(2, second.Metadata.Generation);
    }

    [Fact]
    public async Task The_status_is_not_applied_with_the_object()
    {
        JsonObject gadget = await ApplyGadgetAsync("us", """{"spec":{"size":1},"status":{"note":"no"}}""");
        Assert.Null(gadget["status"]);
        Assert.Equal("us", gadget["metadata"]!["managedFields"]![0]!["manager"]!.GetValue<string>());
        Assert.Equal("Apply", gadget["metadata"]!["managedFields"]![0]!["operation"]!.GetValue<string>());
    }

    private static string Sorted(JsonNode map) => new JsonObject(map.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();

    private V1Deployment Deployment(params (string Name, string Value)[] variables) => new()
    {
        Metadata = new V1ObjectMeta { Name = "one", NamespaceProperty = _workspace.Namespace, Labels = new Dictionary<string, string> { ["app"] = "one" } },
        Spec = new V1DeploymentSpec
        {
            Replicas = 2,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "one" } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "one" } },
                Spec = new V1PodSpec
                {
                    Containers =
                    [
                        new V1Container
                        {
                            Name = "main",
                            Image = "scorer:1",
                            Env = [.. variables.Select(variable => new V1EnvVar { Name = variable.Name, Value = variable.Value })],
                            Ports = [new V1ContainerPort { ContainerPort = 8080, Name = "http" }],
                            Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("100m") } },
                        },
                    ],
                },
            },
        },
    };

    private Task<JsonObject> ApplyAsync(string manager, string body, bool force = false) => ApplyAsync("v1", "ConfigMap", "configmaps", manager, body, force);

    private Task<JsonObject> ApplyGadgetAsync(string manager, string body) => ApplyAsync("finobs.io/v1alpha1", "Gadget", "gadgets", manager, body, force: false);

    private Task<JsonObject> ApplyAsync(string apiVersion, string kind, string plural, string manager, string body, bool force)
    {
        JsonObject resource = JsonNode.Parse(body)!.AsObject();
        (resource["apiVersion"], resource["kind"]) = (apiVersion, kind);
        JsonObject metadata = resource["metadata"] as JsonObject ?? [];
        (metadata["name"], metadata["namespace"]) = ("one", _workspace.Namespace);
        resource["metadata"] = metadata;
        return PatchAsync(apiVersion, plural, "one", manager, resource, "application/apply-patch+yaml", force);
    }

    /// <summary>As somebody else than the operator.</summary>
    private async Task<JsonObject> PatchAsync(string apiVersion, string plural, string name, string manager, JsonObject body, string type, bool force = false)
    {
        using k8s.Kubernetes client = KubernetesApi.Connect(_workspace.Configuration);
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        string root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{apiVersion}" : $"api/{apiVersion}";
        return await new KubernetesApi(client, WriteFence.AlwaysOpen, TimeProvider.System).SendAsync<JsonObject>(
            HttpMethod.Patch, $"{root}/namespaces/{_workspace.Namespace}/{plural}/{name}?fieldManager={manager}" + (force ? "&force=true" : ""), content, JsonSerializerOptions.Web, Cancel);
    }
}
