using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Resources.Files;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.Policies;

/// <summary>SIGKILL as soon as anything of an object has changed, again and again, through its whole life: each process does a part of the work at most. ModelVersions: <see cref="ModelVersionLifeTests"/>.</summary>
public sealed class KilledOperatorTests : IAsyncLifetime
{
    private InProcessKubernetes _kubernetes = null!;
    private ModelVersionWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await InProcessKubernetes.StartAsync();
        _world = await ModelVersionWorld.CreateAsync(_kubernetes.Configuration(), hasDeploymentController: true);
        await _world.Client<V1Secret>().CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "finobs-sample-keys", NamespaceProperty = _world.Namespace },
                Data = new Dictionary<string, byte[]> { ["webhook"] = "whsec_bm90LWEtc2VjcmV0LWp1c3QtYW4tZXhhbXBsZS0wMDAx"u8.ToArray(), ["receiver-token"] = "one"u8.ToArray(), ["client-secret"] = "two"u8.ToArray() },
            },
            Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public Task A_callback_target_gets_there_and_away_again() => LiveAsync<CallbackTarget>(target => target.Status);

    [Fact]
    public Task A_pull_source_gets_there_and_away_again() => LiveAsync<PullSource>(source => source.Status);

    [Fact]
    public Task A_drift_policy_gets_there_and_away_again() => LiveAsync<DriftPolicy>(policy => policy.Status);

    [Fact]
    public Task An_experiment_gets_there_and_away_again() => LiveAsync<ABExperiment>(experiment => experiment.Status);

    private async Task LiveAsync<T>(Func<T, ResourceStatus?> statusOf)
        where T : CustomResource
    {
        string plural = ResourceKinds.Find(typeof(T).Name)!.Plural;
        string yaml = await File.ReadAllTextAsync(RepositoryRoot.Combine($"samples/resources/{typeof(T).Name.ToLowerInvariant()}.yaml"), Cancel);
        T sample = YamlJson.ToJson(YamlJson.Parse(yaml)!).Deserialize<T>(ResourceJson.Lenient)!;
        string name = sample.Metadata.Name;
        await _world.KillOperatorAsync();
        T made = await _world.Client<T>().CreateAsync(sample with { Metadata = sample.Metadata with { Namespace = _world.Namespace } }, Cancel);

        // It is settled once the data plane has it and the status says so of this very spec.
        await KilledUntilAsync<T>(name, found => found is not null && statusOf(found) is { ObservedGeneration: 1, Conditions: { } conditions } && conditions.Any(condition => condition.Type == ConditionTypes.Ready));
        Assert.Single(await HistoryAsync(plural, name));

        await _world.Client<T>().MergeAsync(_world.Key(name), new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [WellKnown.RequestedAt] = "again" } } }, Cancel);
        await KilledUntilAsync<T>(name, found => statusOf(found!)?.LastHandledReconcileAt == "again");
        Assert.Single(await HistoryAsync(plural, name));

        await _world.Client<T>().DeleteAsync(_world.Key(name), made.Metadata.Uid!, Cancel);
        await KilledUntilAsync<T>(name, found => found is null);
        using HttpResponseMessage gone = await _world.DataPlane.GetAsync(new Uri($"/v1/namespaces/{_world.Namespace}/{plural}/{name}", UriKind.Relative), Cancel);
        Assert.Equal(404, (int)gone.StatusCode);
    }

    /// <summary>Begins and ends without an operator.</summary>
    private async Task KilledUntilAsync<T>(string name, Func<T?, bool> holds)
        where T : CustomResource
    {
        for (T? seen = await FindAsync<T>(name); !holds(seen); seen = await FindAsync<T>(name))
        {
            await _world.StartOperatorAsync();
            await Until.TrueAsync(async () => await FindAsync<T>(name) is var now && (now?.Metadata.ResourceVersion != seen?.Metadata.ResourceVersion || holds(now)), () => _world.Output);
            await _world.KillOperatorAsync();
        }
    }

    private Task<T?> FindAsync<T>(string name)
        where T : CustomResource => _world.Client<T>().GetAsync(_world.Key(name), Cancel);

    private async Task<JsonArray> HistoryAsync(string plural, string name) =>
        (await _world.DataPlane.GetFromJsonAsync<JsonNode>(new Uri($"/v1/namespaces/{_world.Namespace}/{plural}/{name}/history", UriKind.Relative), Cancel))!["items"]!.AsArray();
}
