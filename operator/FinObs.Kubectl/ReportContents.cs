using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FinObs.Kubectl;

/// <summary>A file of a support bundle.</summary>
internal sealed record ReportEntry(string Path, string Text);

/// <summary>What a support bundle is made of, one file after the other. What may not be read is said, and the rest is written.</summary>
internal static class ReportContents
{
    private const string Ours = "app.kubernetes.io/part-of=finobs";

    /// <summary>Lines of a pod's log: the newest.</summary>
    private const int MostLines = 5_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async IAsyncEnumerable<ReportEntry> OfAsync(Kubernetes client, string space, string system, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await TryAsync("cluster.json", async () => Json(KubernetesJson.Serialize(await client.Version.GetCodeAsync(cancellationToken))));
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            yield return await TryAsync($"{space}/{kind.Plural}.json", async () => Json($"[{string.Join(',', (await Cluster.ItemsAsync(client, space, kind, cancellationToken)).Select(item => item.GetRawText()))}]"));
        }

        yield return await TryAsync($"{space}/events.json", async () => Json(KubernetesJson.Serialize((await client.CoreV1.ListNamespacedEventAsync(space, cancellationToken: cancellationToken)).Items)));
        yield return await TryAsync($"{space}/pods.json", async () => Json(KubernetesJson.Serialize((await client.CoreV1.ListNamespacedPodAsync(space, labelSelector: $"{WellKnown.ManagedBy}=finobs", cancellationToken: cancellationToken)).Items)));
        yield return await TryAsync($"{space}/jobs.json", async () => Json(KubernetesJson.Serialize((await client.BatchV1.ListNamespacedJobAsync(space, labelSelector: $"{WellKnown.ManagedBy}=finobs", cancellationToken: cancellationToken)).Items)));
        yield return await TryAsync($"{system}/deployments.json", async () => Json(KubernetesJson.Serialize((await client.AppsV1.ListNamespacedDeploymentAsync(system, labelSelector: Ours, cancellationToken: cancellationToken)).Items)));
        yield return await TryAsync($"{system}/statefulsets.json", async () => Json(KubernetesJson.Serialize((await client.AppsV1.ListNamespacedStatefulSetAsync(system, labelSelector: Ours, cancellationToken: cancellationToken)).Items)));

        IList<V1Pod> pods = [];
        yield return await TryAsync($"{system}/pods.json", async () =>
        {
            pods = (await client.CoreV1.ListNamespacedPodAsync(system, labelSelector: Ours, cancellationToken: cancellationToken)).Items;
            return Json(KubernetesJson.Serialize(pods));
        });
        foreach (V1Pod pod in pods)
        {
            foreach (V1Container container in pod.Spec.Containers)
            {
                yield return await TryAsync($"{system}/{pod.Metadata.Name}.{container.Name}.log", () => LogAsync(client, system, pod.Metadata.Name, container.Name, cancellationToken));
            }
        }
    }

    internal static string Json(string json) => Redaction.Of(JsonNode.Parse(json))?.ToJsonString(Indented) ?? "null";

    private static async Task<string> LogAsync(Kubernetes client, string space, string pod, string container, CancellationToken cancellationToken)
    {
        await using Stream log = await client.CoreV1.ReadNamespacedPodLogAsync(pod, space, container: container, tailLines: MostLines, timestamps: true, cancellationToken: cancellationToken);
        using StreamReader reader = new(log);
        StringBuilder text = new();
        while (await reader.ReadLineAsync(cancellationToken) is { } line) text.Append(Redaction.Of(line)).Append('\n');
        return text.ToString();
    }

    private static async Task<ReportEntry> TryAsync(string path, Func<Task<string>> read)
    {
        try
        {
            return new ReportEntry(path, await read());
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            return new ReportEntry(path, $"not read: the API server answered {(int)e.Response.StatusCode}\n");
        }
    }
}
