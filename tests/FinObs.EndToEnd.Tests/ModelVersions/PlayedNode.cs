using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation.Api;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>Plays what a cluster without nodes does not have: the kubelet, and where no controller manager runs, the controller of Deployments too.</summary>
internal sealed class PlayedNode(Func<ResourceClient<V1Pod>> pods, Func<ResourceClient<V1Deployment>> deployments, string space, bool hasDeploymentController)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All pods that the Deployment wants are there and ready.</summary>
    public async Task MakeReadyAsync(V1Deployment deployment)
    {
        int wanted = deployment.Spec.Replicas ?? 1;
        if (!hasDeploymentController)
        {
            for (int i = 0; i < wanted; i++)
            {
                string name = $"{deployment.Metadata.Name}-{i}";
                if (await pods().GetAsync(new ResourceKey(space, name), Cancel) is null) await pods().CreateAsync(PodOf(deployment, name), Cancel);
            }
        }

        foreach (V1Pod pod in await PodsOfAsync(deployment)) await PatchAsync(pod, ReadyStatus("True", "Running"));
        if (!hasDeploymentController) await CountAsync(deployment, wanted, wanted);
    }

    /// <summary>One of its pods has ended with an error.</summary>
    public async Task<string> BreakOneAsync(V1Deployment deployment, int exitCode, string message)
    {
        V1Pod pod = (await PodsOfAsync(deployment))[0];
        JsonObject status = ReadyStatus("False", "Running");
        status["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "scorer",
            ["image"] = "finobs/data-plane:test",
            ["imageID"] = "",
            ["ready"] = false,
            ["restartCount"] = 1,
            ["started"] = false,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff", ["message"] = "back-off" } },
            ["lastState"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = exitCode, ["reason"] = "Error", ["message"] = message, ["finishedAt"] = "2026-01-02T03:04:05Z", ["startedAt"] = "2026-01-02T03:04:00Z" } },
        });
        await PatchAsync(pod, status);
        if (!hasDeploymentController) await CountAsync(deployment, deployment.Spec.Replicas ?? 1, (deployment.Spec.Replicas ?? 1) - 1);
        return pod.Metadata.Name;
    }

    private async Task<IReadOnlyList<V1Pod>> PodsOfAsync(V1Deployment deployment)
    {
        string instance = deployment.Spec.Selector.MatchLabels["app.kubernetes.io/instance"];
        IReadOnlyList<V1Pod> found = [];
        await Until.TrueAsync(async () =>
        {
            found = [.. (await pods().ListAsync(new ResourceSelection(space, $"app.kubernetes.io/instance={instance}"), Cancel)).Items.Where(pod => pod.Metadata.DeletionTimestamp is null)];
            return found.Count == (deployment.Spec.Replicas ?? 1);
        });
        return found;
    }

    private Task<V1Pod> PatchAsync(V1Pod pod, JsonObject status) =>
        pods().MergeAsync(new ResourceKey(space, pod.Metadata.Name), new JsonObject { ["status"] = status }, Cancel, "status");

    private Task<V1Deployment> CountAsync(V1Deployment deployment, int replicas, int ready) => deployments().MergeAsync(
        new ResourceKey(space, deployment.Metadata.Name),
        new JsonObject
        {
            ["status"] = new JsonObject { ["observedGeneration"] = deployment.Metadata.Generation, ["replicas"] = replicas, ["updatedReplicas"] = replicas, ["readyReplicas"] = ready, ["availableReplicas"] = ready },
        },
        Cancel,
        "status");

    private static JsonObject ReadyStatus(string ready, string phase) => new()
    {
        ["phase"] = phase,
        ["conditions"] = new JsonArray(
            new JsonObject { ["type"] = "PodScheduled", ["status"] = "True", ["lastTransitionTime"] = "2026-01-02T03:04:05Z" },
            new JsonObject { ["type"] = "Ready", ["status"] = ready, ["lastTransitionTime"] = "2026-01-02T03:04:05Z" }),
    };

    private V1Pod PodOf(V1Deployment deployment, string name) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = space,
            Labels = deployment.Spec.Template.Metadata.Labels,
            OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = deployment.Metadata.Name, Uid = deployment.Metadata.Uid }],
        },
        Spec = deployment.Spec.Template.Spec,
    };
}
