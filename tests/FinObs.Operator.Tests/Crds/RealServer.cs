using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Operator.Tests.Resources;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FinObs.Operator.Tests.Crds;

/// <summary>A real API server that has our definitions, and a namespace of its own on it.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private const string Strict = "Strict";
    private const string DryRun = "All";

    private static readonly Lazy<Task> Definitions = new(ApplyDefinitionsAsync);

    private readonly Kubernetes _client;

    private RealServer(KubernetesClientConfiguration configuration) => _client = new Kubernetes(configuration);

    public string Namespace { get; } = $"test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    public Kubernetes Client => _client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where there is no server.</summary>
    public static async Task<RealServer> OpenAsync()
    {
        RealServer server = new((await KubernetesServer.OpenAsync()).Configuration());
        await server._client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = server.Namespace } }, cancellationToken: Cancel);
        await Definitions.Value;
        return server;
    }

    public Task<JsonObject> CreateAsync(JsonObject document, bool isDryRun = false) => AskAsync(
        plural => _client.CustomObjects.CreateNamespacedCustomObjectAsync(
            document, WellKnown.Group, WellKnown.Version, Namespace, plural, dryRun: isDryRun ? DryRun : null, fieldValidation: Strict, cancellationToken: Cancel),
        document);

    /// <summary>As <c>kubectl replace --dry-run=server</c>.</summary>
    public Task<JsonObject> TryReplaceAsync(JsonObject document, JsonObject current)
    {
        JsonObject changed = document.DeepClone().AsObject();
        changed["metadata"]!["resourceVersion"] = (string?)current["metadata"]!["resourceVersion"];
        return AskAsync(
            plural => _client.CustomObjects.ReplaceNamespacedCustomObjectAsync(
                changed, WellKnown.Group, WellKnown.Version, Namespace, plural, NameOf(current), dryRun: DryRun, fieldValidation: Strict, cancellationToken: Cancel),
            changed);
    }

    public Task<JsonObject> ReplaceStatusAsync(JsonObject document) => AskAsync(
        plural => _client.CustomObjects.ReplaceNamespacedCustomObjectStatusAsync(
            document, WellKnown.Group, WellKnown.Version, Namespace, plural, NameOf(document), fieldValidation: Strict, cancellationToken: Cancel),
        document);

    public Task DeleteAsync(JsonObject document) =>
        _client.CustomObjects.DeleteNamespacedCustomObjectAsync(WellKnown.Group, WellKnown.Version, Namespace, PluralOf(document), NameOf(document), cancellationToken: Cancel);

    public async ValueTask DisposeAsync()
    {
        await _client.CoreV1.DeleteNamespaceAsync(Namespace);
        _client.Dispose();
    }

    private static string NameOf(JsonObject document) => (string)document["metadata"]!["name"]!;

    private static string PluralOf(JsonObject document) => ResourceKinds.Find((string)document["kind"]!)!.Plural;

    private static async Task<JsonObject> AskAsync(Func<string, Task<object>> ask, JsonObject document)
    {
        try
        {
            return JsonNode.Parse(KubernetesJson.Serialize(await ask(PluralOf(document))))!.AsObject();
        }
        catch (HttpOperationException refusal) when (refusal.Response.Content is { Length: > 0 } content)
        {
            throw new RefusedException(JsonNode.Parse(content)!.AsObject());
        }
    }

    /// <summary>Once for all tests of the process.</summary>
    private static async Task ApplyDefinitionsAsync()
    {
        using Kubernetes client = new((await KubernetesServer.OpenAsync()).Configuration());
        foreach (string path in Directory.EnumerateFiles(RepositoryRoot.Combine("crds"), "*.yaml"))
        {
            JsonObject definition = YamlDocuments.Read(path).Single();
            string name = NameOf(definition);
            await client.ApiextensionsV1.PatchCustomResourceDefinitionAsync(
                new V1Patch(definition.ToJsonString(), V1Patch.PatchType.ApplyPatch), name, fieldManager: "finobs-tests", force: true);
            await Eventually.TrueAsync(async () =>
                (await client.ApiextensionsV1.ReadCustomResourceDefinitionAsync(name)).Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true);
        }
    }
}

/// <summary>The server's Status, with the fields it blames.</summary>
internal sealed class RefusedException(JsonObject status) : Exception((string?)status["message"])
{
    /// <summary>Field and what is wrong with it; where the server names no field, all that it says.</summary>
    public IReadOnlyList<(string? Field, string Message)> Causes { get; } = status["details"]?["causes"] is JsonArray causes
        ? [.. causes.Select(cause => ((string?)cause!["field"], (string?)cause["message"] ?? ""))]
        : [(null, (string?)status["message"] ?? "")];
}
